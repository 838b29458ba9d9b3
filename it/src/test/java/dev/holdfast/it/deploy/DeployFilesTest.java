package dev.holdfast.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.zero.ZeroConfiguration;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files under {@code deploy/}, as far as they can be looked at where no container runs. */
class DeployFilesTest {
    private static final Path DEPLOY = Path.of("..", "deploy");

    private static String text(String file) throws IOException {
        return Files.readString(DEPLOY.resolve(file));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        assertThat(value).isInstanceOf(List.class);
        return (List<Object>) value;
    }

    private static List<Map<String, Object>> documents(Path file) throws IOException {
        Load load = new Load(LoadSettings.builder().setLabel(file.toString()).build());
        return StreamSupport.stream(
                        load.loadAllFromReader(new StringReader(Files.readString(file)))
                                .spliterator(),
                        false)
                .map(DeployFilesTest::map)
                .toList();
    }

    // ------------------------------------------------------------- the image

    /** Instructions of the image, with their continued lines joined and comments left out. */
    private static List<String> instructions() throws IOException {
        String joined = text("Dockerfile")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .reduce("", (all, line) -> all + line + "\n")
                .replaceAll("\\\\\n\\s*", " ");
        return joined.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static List<String> instructions(String name) throws IOException {
        return instructions().stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length()).strip())
                .toList();
    }

    @Test
    void every_stage_of_the_image_begins_with_a_pinned_one_or_an_earlier_stage() throws IOException {
        List<String> stages = new ArrayList<>();
        for (String from : instructions("FROM")) {
            String[] words = from.split(" ");
            assertThat(stages.contains(words[0]) || words[0].matches("[a-z/.-]+:[0-9][\\w.-]*"))
                    .as(from)
                    .isTrue();
            if (words.length == 3) {
                stages.add(words[2]);
            }
        }
        assertThat(stages).containsExactly("build", "runtime", "trained");
        for (String copy : instructions("COPY")) {
            Matcher source = Pattern.compile("--from=(\\w+)").matcher(copy);
            assertThat(!source.find() || stages.contains(source.group(1)))
                    .as(copy)
                    .isTrue();
        }
    }

    @Test
    void the_image_runs_as_a_user_of_its_own_by_a_program_that_hears_signals() throws IOException {
        assertThat(instructions("USER")).containsExactly("10001:10001");
        List<String> last = instructions()
                .subList(
                        instructions().lastIndexOf("FROM runtime"),
                        instructions().size());
        assertThat(last).anyMatch(line -> line.startsWith("USER "));
        assertThat(instructions("ENTRYPOINT")).containsExactly("[\"/opt/holdfast/bin/holdfast\"]");
        assertThat(instructions("CMD")).containsExactly("[\"serve\", \"--bind\", \"0.0.0.0\"]");
        assertThat(instructions("STOPSIGNAL")).containsExactly("SIGTERM");
        assertThat(instructions("HEALTHCHECK").getFirst()).contains("$HOLDFAST_HEALTH_URL");
        assertThat(text("Dockerfile")).contains("/health/live");
    }

    @Test
    void packages_are_installed_without_more_than_was_asked_for_and_without_their_lists() throws IOException {
        for (String run : instructions("RUN")) {
            if (run.contains("apt-get install")) {
                assertThat(run).contains("--no-install-recommends", "apt-get update", "rm -rf /var/lib/apt/lists/*");
                assertThat(Pattern.compile("apt-get install")
                                .matcher(run)
                                .results()
                                .count())
                        .isEqualTo(Pattern.compile("apt-get install -y --no-install-recommends")
                                .matcher(run)
                                .results()
                                .count());
            }
            assertThat(run).doesNotContain("sudo ", "curl | ", "chmod 777");
        }
        assertThat(instructions("ADD")).isEmpty();
        // a pipe that fails at its beginning fails
        assertThat(instructions("SHELL")).containsExactly("[\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]");
    }

    @Test
    void the_programs_of_every_supported_postgresql_are_in_the_image() throws IOException {
        for (int major = 14; major <= 18; major++) {
            assertThat(text("Dockerfile")).contains(" postgresql-client-" + major);
        }
    }

    @Test
    void what_the_image_is_built_of_is_there() throws IOException {
        for (String copy : instructions("COPY")) {
            String source = copy.split(" ")[0];
            if (!source.startsWith("--from")) {
                assertThat(Path.of("..", source)).as(copy).exists();
            }
        }
    }

    // ------------------------------------------------------------- compose

    @ParameterizedTest
    @ValueSource(strings = {"compose.minio.yaml", "compose.rustfs.yaml"})
    void a_compose_file_has_database_storage_and_holdfast_and_nothing_is_open_to_the_network(String file)
            throws IOException {
        Map<String, Object> compose = documents(DEPLOY.resolve(file)).getFirst();
        Map<String, Object> services = map(compose.get("services"));
        assertThat(services.keySet()).containsExactlyInAnyOrder("database", "storage", "holdfast");
        TreeSet<String> used = new TreeSet<>();
        services.forEach((name, value) -> {
            Map<String, Object> service = map(value);
            assertThat(service).as(name).containsKey("image").containsEntry("restart", "unless-stopped");
            list(service.getOrDefault("volumes", List.of()))
                    .forEach(volume -> used.add(volume.toString().split(":")[0]));
            list(service.getOrDefault("ports", List.of()))
                    .forEach(port -> assertThat(port.toString()).as(name).startsWith("127.0.0.1:"));
            service.keySet().stream()
                    .filter("depends_on"::equals)
                    .forEach(_ -> assertThat(services.keySet())
                            .containsAll(map(service.get("depends_on")).keySet()));
        });
        assertThat(used).isEqualTo(new TreeSet<>(map(compose.get("volumes")).keySet()));
        Map<String, Object> holdfast = map(services.get("holdfast"));
        assertThat(map(map(holdfast.get("depends_on")).get("database"))).containsEntry("condition", "service_healthy");
        assertThat(holdfast).containsEntry("read_only", true);
        assertThat(list(holdfast.get("cap_drop"))).containsExactly("ALL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.minio.yaml", "compose.rustfs.yaml"})
    void every_variable_that_a_compose_file_needs_is_in_the_example(String file) throws IOException {
        Matcher needed = Pattern.compile("\\$\\{(\\w+):\\?").matcher(text(file));
        while (needed.find()) {
            assertThat(text(".env.example")).contains("\n" + needed.group(1) + "=");
        }
        assertThat(text(".env.example").lines().filter(line -> line.contains("=")))
                .as("the variables of the smallest set-up")
                .hasSize(7);
    }

    /** What the server makes of the variables it is given there. */
    @ParameterizedTest
    @ValueSource(strings = {"compose.minio.yaml", "compose.rustfs.yaml"})
    void the_server_understands_every_variable_of_a_compose_file(String file) throws IOException {
        Map<String, Object> services =
                map(documents(DEPLOY.resolve(file)).getFirst().get("services"));
        Map<String, String> variables = new LinkedHashMap<>();
        map(map(services.get("holdfast")).get("environment"))
                .forEach((name, value) -> variables.put(name, substituted(value.toString())));

        ZeroConfiguration read = ZeroConfiguration.read(new Environment(variables), Path.of("/var/lib/holdfast"));

        assertThat(read.errors()).isEmpty();
        assertThat(read.notes())
                .extracting(ZeroConfiguration.Note::kind)
                .doesNotContain(ZeroConfiguration.Note.Kind.LOOK_ALIKE, ZeroConfiguration.Note.Kind.WARNING);
        StackConfig stack = read.stack().orElseThrow();
        assertThat(stack.repository().destinations()).hasSize(2);
        assertThat(stack.policies().retention().policy().days()).isEqualTo(7);
    }

    private static String substituted(String value) {
        return Pattern.compile("\\$\\{(\\w+):([-?])([^}]*)}")
                .matcher(value)
                .replaceAll(found -> found.group(2).equals("-") ? found.group(3) : "given");
    }

    @Test
    void the_make_file_has_the_five_commands() throws IOException {
        String make = text("Makefile");
        for (String command : List.of("up", "down", "now", "list", "restore-latest")) {
            assertThat(make).containsPattern("(?m)^" + command + ":.*## ");
            assertThat(make).containsPattern("(?m)^\\.PHONY:.* " + command + "\\b");
        }
    }

    // ------------------------------------------------------------- systemd

    @Test
    void systemd_understands_the_unit(@TempDir Path folder) throws IOException, InterruptedException {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(analyze), "systemd-analyze is not here");
        // the program is not installed where the unit says
        Path unit = folder.resolve("holdfast.service");
        Files.writeString(unit, text("systemd/holdfast.service").replace("/opt/holdfast/bin/holdfast", "/bin/true"));
        Process process = new ProcessBuilder(analyze.toString(), "verify", unit.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();

        assertThat(said.lines().filter(line -> line.contains("holdfast.service")))
                .isEmpty();
        assertThat(exit).as(said).isZero();
    }

    @Test
    void the_unit_runs_with_few_rights() throws IOException {
        assertThat(text("systemd/holdfast.service"))
                .contains(
                        "\nUser=holdfast\n",
                        "\nNoNewPrivileges=yes\n",
                        "\nProtectSystem=strict\n",
                        "\nSystemCallFilter=@system-service\n",
                        "\nUMask=0077\n",
                        "\nRestart=on-failure\n");
    }

    // ------------------------------------------------------------- Kubernetes

    private static Map<String, Map<String, Object>> resources() throws IOException {
        Map<String, Map<String, Object>> found = new LinkedHashMap<>();
        Map<String, Object> kustomization =
                documents(DEPLOY.resolve("kubernetes/kustomization.yaml")).getFirst();
        for (Object file : list(kustomization.get("resources"))) {
            for (Map<String, Object> document :
                    documents(DEPLOY.resolve("kubernetes").resolve(file.toString()))) {
                assertThat(document).as(file.toString()).containsKeys("apiVersion", "kind", "metadata");
                String name = document.get("kind") + "/"
                        + map(document.get("metadata")).get("name");
                assertThat(found.put(name, document)).as(name).isNull();
            }
        }
        return found;
    }

    @Test
    void everything_that_the_manifests_refer_to_is_among_them() throws IOException {
        Map<String, Map<String, Object>> resources = resources();
        Map<String, Object> pod = pod(resources);
        for (Object volume : list(pod.get("volumes"))) {
            Object claim = map(volume).get("persistentVolumeClaim");
            if (claim != null) {
                assertThat(resources)
                        .containsKey("PersistentVolumeClaim/" + map(claim).get("claimName"));
            }
        }
        for (Object source : list(container(pod).get("envFrom"))) {
            map(source)
                    .forEach((kind, reference) -> assertThat(resources)
                            .containsKey((kind.equals("secretRef") ? "Secret/" : "ConfigMap/")
                                    + map(reference).get("name")));
        }
        Map<String, Object> labels = map(
                map(map(map(resources.get("Deployment/holdfast").get("spec")).get("template"))
                                .get("metadata"))
                        .get("labels"));
        Map<String, Object> selector =
                map(map(resources.get("Service/holdfast").get("spec")).get("selector"));
        assertThat(labels.entrySet()).containsAll(selector.entrySet());
        List<Object> volumes = list(pod.get("volumes")).stream()
                .map(volume -> map(volume).get("name"))
                .toList();
        assertThat(list(container(pod).get("volumeMounts")))
                .allSatisfy(mount -> assertThat(volumes).contains(map(mount).get("name")));
    }

    @Test
    void the_pod_may_do_little_and_is_asked_how_it_is() throws IOException {
        Map<String, Object> pod = pod(resources());
        assertThat(map(pod.get("securityContext"))).containsEntry("runAsNonRoot", true);
        assertThat(map(container(pod).get("securityContext")))
                .containsEntry("readOnlyRootFilesystem", true)
                .containsEntry("allowPrivilegeEscalation", false);
        assertThat(container(pod)).containsKeys("startupProbe", "livenessProbe", "readinessProbe", "resources");
        assertThat(map(map(container(pod).get("readinessProbe")).get("httpGet")))
                .containsEntry("path", "/health/ready");
    }

    private static Map<String, Object> pod(Map<String, Map<String, Object>> resources) {
        return map(map(map(resources.get("Deployment/holdfast").get("spec")).get("template"))
                .get("spec"));
    }

    private static Map<String, Object> container(Map<String, Object> pod) {
        return map(list(pod.get("containers")).getFirst());
    }

    // ------------------------------------------------------------- Grafana

    @Test
    void the_board_is_whole() throws IOException {
        JsonNode board = JsonMapper.shared().readTree(text("grafana/holdfast.json"));
        assertThat(board.path("title").asString("")).isEqualTo("Holdfast");
        TreeSet<Integer> ids = new TreeSet<>();
        for (JsonNode panel : board.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt()))
                    .as(panel.path("title").toString())
                    .isTrue();
            assertThat(panel.path("title").asString("")).isNotBlank();
            if (!panel.path("type").asString("").equals("row")) {
                assertThat(panel.path("targets").isEmpty()).isFalse();
                panel.path("targets")
                        .forEach(target ->
                                assertThat(target.path("expr").asString("")).contains("holdfast_"));
            }
        }
        assertThat(ids.size()).isGreaterThan(8);
    }

    @Test
    void every_file_that_is_yaml_can_be_read() throws IOException {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                assertThat(documents(file)).as(file.toString()).isNotEmpty();
            }
        }
    }
}
