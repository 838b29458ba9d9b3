package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.server.http.Json;
import dev.holdfast.server.http.Problem;
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
    void a_secret_that_got_into_an_answer_stops_it() {
        assertThatThrownBy(() -> Json.MAPPER.writeValueAsString(Map.of("key", new Secret("hidden"))))
                .hasMessageNotContaining("hidden");
    }
}
