package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.stack.StackOrigin;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.server.browse.Shelf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShelfTest {
    @Test
    void only_so_many_repositories_are_open_at_once(@TempDir Path folder) throws IOException {
        try (TestServer server = new TestServer(folder);
                Shelf shelf = new Shelf(server.services.repositories(), server.clock)) {
            Deque<Shelf.Lent> lent = new ArrayDeque<>();
            for (int i = 0; i < Shelf.MOST; i++) {
                lent.push(shelf.lend(stack(server, i)));
            }
            StackRecord more = stack(server, Shelf.MOST);
            assertThatThrownBy(() -> shelf.lend(more)).isInstanceOf(Busy.class).hasMessageContaining("repositories");
            shelf.lend(stack(server, 0)).close();

            lent.pop().close();
            lent.push(shelf.lend(more));
            assertThat(shelf.count()).isEqualTo(Shelf.MOST);
            assertThat(lent.getFirst().repository().snapshots()).isEmpty();
            while (!lent.isEmpty()) {
                lent.pop().close();
            }
        }
    }

    private static StackRecord stack(TestServer server, int number) {
        return new StackRecord("stack" + number, server.shop().config(), StackOrigin.FILE, 1);
    }
}
