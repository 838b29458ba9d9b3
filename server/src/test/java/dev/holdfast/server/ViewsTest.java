package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.control.operation.Step;
import dev.holdfast.control.run.RunEvent;
import dev.holdfast.control.run.RunId;
import dev.holdfast.control.run.RunProgress;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunState;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.http.Json;
import dev.holdfast.server.http.Problem;
import dev.holdfast.server.view.RunEventView;
import dev.holdfast.server.view.StatusView;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ViewsTest {
    /** What an answer may be made of, besides records of its own. */
    private static final Set<Class<?>> PLAIN = Set.of(
            String.class,
            boolean.class,
            Boolean.class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            Double.class,
            Instant.class,
            OptionalLong.class,
            JsonNode.class);

    private static final Set<Class<?>> CONTAINERS = Set.of(List.class, Optional.class, Map.class);

    private final Set<Type> seen = new HashSet<>();

    @Test
    void nothing_but_plain_values_is_in_any_answer() throws IOException, URISyntaxException {
        List<Class<?>> views = views();
        assertThat(views).hasSizeGreaterThan(40).contains(StatusView.class);
        Stream.concat(views.stream(), Stream.of(Problem.class)).forEach(this::requirePlain);
        assertThat(seen).doesNotContain(Secret.class);
    }

    private void requirePlain(Type type) {
        if (!seen.add(type) || type instanceof TypeVariable<?> || PLAIN.contains(type)) {
            return;
        }
        if (type instanceof ParameterizedType generic) {
            assertThat(CONTAINERS).contains((Class<?>) generic.getRawType());
            Stream.of(generic.getActualTypeArguments()).forEach(this::requirePlain);
            return;
        }
        Class<?> record = (Class<?>) type;
        if (record.isSealed()) {
            Stream.of(record.getPermittedSubclasses()).forEach(this::requirePlain);
            return;
        }
        assertThat(record.isRecord()).as(record.getName()).isTrue();
        assertThat(record.getPackageName()).startsWith("dev.holdfast.server.");
        for (RecordComponent component : record.getRecordComponents()) {
            requirePlain(component.getGenericType());
        }
    }

    private static List<Class<?>> views() throws IOException, URISyntaxException {
        URI folder = StatusView.class.getResource("StatusView.class").toURI();
        try (Stream<Path> files = Files.list(Path.of(folder).getParent())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
                    .<Class<?>>map(name -> loaded(name.substring(0, name.length() - 6)))
                    .filter(Class::isRecord)
                    .toList();
        }
    }

    private static Class<?> loaded(String name) {
        try {
            return Class.forName(StatusView.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void every_kind_of_event_is_as_the_contract_says() {
        Contract contract = Contract.load();
        List<RunEvent.Body> bodies = List.of(
                new RunEvent.State(
                        RunState.FAILED,
                        "a place",
                        Optional.of(new RunRecord.Problem(ErrorCode.STORE_FULL, "it is full", "make room."))),
                new RunEvent.State(RunState.RUNNING, "", Optional.empty()),
                new RunEvent.Stepped(Step.Phase.OPEN, "first", true, 5, 6),
                new RunEvent.Progressed(new RunProgress(Step.Phase.OPEN, "first", 1, 2, 3, 4)),
                new RunEvent.Found("first", "look"),
                new RunEvent.Line("text"));
        List<String> texts = bodies.stream()
                .map(body -> new RunEvent(
                        7,
                        new RunId("01jd0000000000000000000000"),
                        "shop",
                        Instant.parse("2026-11-20T12:00:00Z"),
                        body))
                .map(event -> Json.MAPPER.writeValueAsString(RunEventView.of(event)))
                .toList();
        for (String text : texts) {
            JsonNode json = Json.MAPPER.readTree(text);
            assertThat(contract.schemas().check(contract.document().at("/components/schemas/RunEvent"), json, ""))
                    .isEmpty();
            assertThat(contract.document()
                            .at("/components/schemas/RunEvent/properties")
                            .propertyNames())
                    .containsAll(json.propertyNames());
        }
        String head =
                "{\"sequence\":7,\"run\":\"01jd0000000000000000000000\",\"stack\":\"shop\",\"at\":\"2026-11-20T12:00:00Z\",";
        assertThat(texts.get(0)).startsWith(head).contains("\"waitingFor\":\"a place\"", "\"store-full\"");
        assertThat(texts.get(1)).isEqualTo(head + "\"event\":\"state\",\"state\":\"running\"}");
        assertThat(texts.get(2))
                .isEqualTo(
                        head
                                + "\"event\":\"step\",\"phase\":\"open\",\"subject\":\"first\",\"ended\":true,\"entries\":5,\"bytes\":6}");
        assertThat(texts.get(4)).isEqualTo(head + "\"event\":\"finding\",\"subject\":\"first\",\"message\":\"look\"}");
        assertThat(texts.get(5)).isEqualTo(head + "\"event\":\"line\",\"message\":\"text\"}");
    }

    @Test
    void a_secret_that_got_into_an_answer_stops_it() {
        assertThatThrownBy(() -> Json.MAPPER.writeValueAsString(Map.of("key", new Secret("hidden"))))
                .hasMessageNotContaining("hidden");
    }
}
