package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bucket and a directory kept as the files that they are, in a folder, a bucket and at another server. */
@ExtendWith(Stands.Provided.class)
class KeptTreesIT {
    private static final String METADATA = ".holdfast-metadata.ndjson";

    @Test
    void trees_are_the_files_of_the_sources_are_verified_and_go_with_their_folders(Stands stands) throws Exception {
        try (Stack stack = Stack.on(stands, "trees");
                Sshd server = Sshd.in(stack.folder().resolve("sshd"))) {
            Path disk = stack.folder().resolve("kept");
            Path nas = stack.folder().resolve("nas/kept");
            stack.bucket().fill(5);
            stack.uploads().fill(5);
            describe(stack, server, disk, nas);
            stack.init();
            stack.backup();

            // what files cannot hold of the directory is told
            stack.json("export", "--to-places").degraded();

            Path media = only(disk.resolve("media"));
            Path uploads = only(disk.resolve("uploads"));
            sameObjects(stack, media);
            assertThat(digests(uploads)).isEqualTo(digests(stack.uploads().root()));
            for (Path tree : List.of(media, uploads)) {
                Shell.run(
                        "diff",
                        "-r",
                        tree.toString(),
                        nas.resolve(disk.relativize(tree)).toString());
                inTheBucket(stack, disk, tree);
            }
            verified(stack, media);
            nextOne(stack, disk, nas, media);
            throughAServer(stack, disk);
        }
    }

    private static void describe(Stack stack, Sshd server, Path disk, Path nas) throws IOException {
        stack.describe(List.of(stack.bucketSource(), stack.folderSource()), List.of(stack.diskDestination()));
        String yaml = """
                exports:
                  trees:
                    format: {files: tree}
                    name: '{part}/%%Y-%%m-%%d_%%H-%%M-%%S'
                    places:
                      disk: {local: {path: '%s'}, keep: {last: 1, minimum: 1}}
                      cloud: {s3: {%s}}
                      %s
                """.formatted(disk, stack.s3().keys(stack.remote().name()), server.destination("nas", nas));
        Files.writeString(stack.home().resolve("holdfast.yaml"), yaml, StandardOpenOption.APPEND);
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> trees = all.filter(Files::isDirectory).toList();
            assertThat(trees).hasSize(1);
            return trees.getFirst();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
                    .filter(file -> !file.getFileName().toString().equals(METADATA))
                    .sorted()
                    .toList();
        }
    }

    /** By their contents: some names of the directory cannot be kept. */
    private static List<String> digests(Path folder) {
        List<String> digests = new ArrayList<>();
        new TreeMap<>(new Folder(folder).fingerprint()).forEach((name, what) -> {
            if (name.endsWith(" (content)") && !name.contains(METADATA)) {
                digests.add(what);
            }
        });
        return digests.stream().sorted().toList();
    }

    private static void sameObjects(Stack stack, Path tree) throws IOException {
        List<Path> files = files(tree);
        assertThat(files.stream().map(file -> tree.relativize(file).toString()))
                .containsExactlyInAnyOrderElementsOf(stack.bucket().keys());
        for (Path file : files) {
            assertThat(stack.bucket().find(tree.relativize(file).toString()))
                    .hasValueSatisfying(bytes -> assertThat(file).hasBinaryContent(bytes));
        }
    }

    private static void inTheBucket(Stack stack, Path disk, Path tree) throws IOException {
        for (Path file : files(tree)) {
            assertThat(stack.remote().find(disk.relativize(file).toString()))
                    .hasValueSatisfying(bytes -> assertThat(file).hasBinaryContent(bytes));
        }
    }

    private static void verified(Stack stack, Path media) throws IOException {
        for (String place : List.of("trees/disk", "trees/cloud", "trees/nas")) {
            stack.json("verify", place).succeeded();
        }
        Path file = media.resolve("-rf");
        byte[] before = Files.readAllBytes(file);
        Files.write(file, new byte[before.length]);

        Outcome damaged = stack.run("verify", "trees/disk");
        assertThat(damaged.exit()).as(damaged.toString()).isNotZero();
        assertThat(damaged.toString()).contains("-rf").contains("another SHA-256");

        Files.write(file, before);
        stack.json("verify", "trees/disk").succeeded();
    }

    /** Its place keeps one; what was there goes, with its folders. */
    private static void nextOne(Stack stack, Path disk, Path nas, Path media) throws IOException {
        stack.backup();
        stack.json("export", "--to-places").degraded();

        assertThat(only(disk.resolve("media"))).isNotEqualTo(media);
        assertThat(media).doesNotExist();
        sameObjects(stack, only(disk.resolve("media")));
        assertThat(nas.resolve("media").resolve(media.getFileName())).isDirectory();
        Outcome exports = stack.json("exports").succeeded();
        assertThat(exports.toString()).doesNotContain("incomplete");
    }

    /** Of every place, with names that could be taken for something else; by a link of the bucket's own too. */
    private static void throughAServer(Stack stack, Path disk) throws Exception {
        try (Served served = Served.start(
                        stack,
                        stack.folder().resolve("state"),
                        Map.of(),
                        "--stacks",
                        stack.home().resolve("holdfast.yaml").toString());
                HttpClient anybody = HttpClient.newHttpClient()) {
            for (Path tree : List.of(only(disk.resolve("media")), only(disk.resolve("uploads")))) {
                String name = disk.relativize(tree).toString();
                for (String place : List.of("disk", "cloud", "nas")) {
                    String at = "/api/v1/stacks/shop/exports/trees/places/" + place;
                    List<String> listed = listed(served, at + "/tree?limit=3&name=" + encoded(name));
                    assertThat(listed.stream().filter(file -> !file.endsWith("/" + METADATA)))
                            .containsExactlyInAnyOrderElementsOf(files(tree).stream()
                                    .map(file -> disk.relativize(file).toString())
                                    .toList());
                    for (String file : listed) {
                        Path fetched = stack.folder().resolve("fetched");
                        Files.deleteIfExists(fetched);
                        assertThat(served.download(at + "/file?name=" + encoded(file), fetched)
                                        .statusCode())
                                .isEqualTo(200);
                        assertThat(fetched).as(place + ": " + file).hasSameBinaryContentAs(disk.resolve(file));
                    }
                }
                linked(served, anybody, disk, files(tree).getFirst());
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static List<String> listed(Served served, String pages) {
        List<String> names = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = served.get(pages + after);
            page.path("items").forEach(file -> names.add(file.path("name").asString()));
            after = page.has("next") ? "&after=" + page.path("next").asString() : "";
        } while (!after.isEmpty());
        return names;
    }

    private static void linked(Served served, HttpClient anybody, Path disk, Path file)
            throws IOException, InterruptedException {
        String name = disk.relativize(file).toString();
        JsonNode link = served.post(
                201,
                "/api/v1/stacks/shop/exports/trees/places/cloud/links",
                JsonMapper.shared().createObjectNode().put("name", name).put("seconds", 60));
        assertThat(link.path("open").asBoolean()).as(link.toString()).isTrue();
        HttpResponse<byte[]> fetched = anybody.send(
                HttpRequest.newBuilder(URI.create(link.path("url").asString())).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(file).hasBinaryContent(fetched.body());
    }
}
