package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.connectors.postgres.PostgresRestore.Landing;
import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a test asks of a restore; everything it does not say is as usual. */
record Choice(PostgresRestore restore) {
    static Choice whole() {
        return new Choice(PostgresRestore.WHOLE);
    }

    static Choice tables(String... patterns) {
        return whole().with(List.of(), List.of(patterns), Contents.ALL, PostgresRestore.WHOLE.landing());
    }

    static Choice schemas(String... patterns) {
        return whole().with(List.of(patterns), List.of(), Contents.ALL, PostgresRestore.WHOLE.landing());
    }

    private Choice with(List<String> schemas, List<String> tables, Contents contents, Landing landing) {
        return new Choice(new PostgresRestore(
                schemas,
                tables,
                contents,
                landing,
                restore.ownership(),
                restore.truncate(),
                restore.keepReplaced(),
                restore.compare(),
                restore.keepOrder()));
    }

    Choice keepingOrder() {
        return new Choice(new PostgresRestore(
                restore.schemas(),
                restore.tables(),
                restore.contents(),
                restore.landing(),
                restore.ownership(),
                restore.truncate(),
                restore.keepReplaced(),
                restore.compare(),
                true));
    }

    Choice contents(Contents contents) {
        return with(restore.schemas(), restore.tables(), contents, restore.landing());
    }

    Choice side(String name) {
        return with(restore.schemas(), restore.tables(), restore.contents(), new Landing.SideSchema(Optional.of(name)));
    }

    Choice original() {
        return with(restore.schemas(), restore.tables(), restore.contents(), new Landing.OriginalSchema());
    }

    private Choice with(Ownership ownership, boolean truncate, boolean keepReplaced, Optional<Boolean> compare) {
        return new Choice(new PostgresRestore(
                restore.schemas(),
                restore.tables(),
                restore.contents(),
                restore.landing(),
                ownership,
                truncate,
                keepReplaced,
                compare,
                restore.keepOrder()));
    }

    Choice owner(String role) {
        return owned(new Ownership(Optional.of(role), Map.of(), true, true));
    }

    Choice owned(Ownership ownership) {
        return with(ownership, restore.truncate(), restore.keepReplaced(), restore.compare());
    }

    Choice truncating() {
        return with(restore.ownership(), true, restore.keepReplaced(), restore.compare());
    }

    Choice dropping() {
        return with(restore.ownership(), restore.truncate(), false, restore.compare());
    }

    Choice compared(boolean yes) {
        return with(restore.ownership(), restore.truncate(), restore.keepReplaced(), Optional.of(yes));
    }
}
