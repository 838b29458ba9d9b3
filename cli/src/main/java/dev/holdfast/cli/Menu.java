package dev.holdfast.cli;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Lets a person at the terminal choose what to restore, from lists. */
final class Menu {
    private static final int SHOWN = 20;
    private static final int ATTEMPTS = 5;

    private final Terminal terminal;
    private final Page page;

    Menu(Terminal terminal, ZoneId zone) {
        this.terminal = terminal;
        this.page = new Page(terminal.err(), terminal.errColour(), zone);
    }

    /**
     * @param snapshots oldest first, at least one
     */
    Snapshot snapshot(List<Snapshot> snapshots) {
        List<Snapshot> newest = snapshots.reversed().stream().limit(SHOWN).toList();
        Table table = new Table(">NO", "SNAPSHOT", "TIME", "STACK", ">SIZE", "PARTS", "LABELS");
        for (int i = 0; i < newest.size(); i++) {
            row(table, i + 1, newest.get(i));
        }
        page.table(table);
        if (snapshots.size() > newest.size()) {
            page.line("The newest " + newest.size() + " of " + Format.count(snapshots.size())
                    + "; an older one is named on the command line: holdfast restore SNAPSHOT");
        }
        return newest.get(
                number("Which one? 1 to " + newest.size() + ", or Enter for the newest: ", newest.size()) - 1);
    }

    private void row(Table table, int number, Snapshot snapshot) {
        table.row(
                Integer.toString(number),
                snapshot.id().text(),
                page.time(snapshot.began()),
                snapshot.stack(),
                Format.bytes(snapshot.bytes()),
                snapshot.parts().stream().map(Part::name).collect(Collectors.joining(" ")),
                SnapshotsReport.labels(snapshot));
    }

    private int number(String prompt, int highest) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String typed = answer(prompt);
            if (typed.isEmpty()) {
                return 1;
            }
            Optional<Integer> number = number(typed).filter(n -> n >= 1 && n <= highest);
            if (number.isPresent()) {
                return number.get();
            }
            page.line("'" + typed + "' is not a number from 1 to " + highest + ".");
        }
        throw notChosen();
    }

    /** Names of the parts that are wanted; empty for all. */
    List<String> parts(Snapshot snapshot) {
        List<String> names = snapshot.parts().stream().map(Part::name).toList();
        if (names.size() < 2) {
            return List.of();
        }
        for (int i = 0; i < names.size(); i++) {
            Part part = snapshot.parts().get(i);
            page.line("%3d  %s (%s, %s)".formatted(i + 1, part.name(), part.kind(), Format.bytes(part.bytes())));
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String typed = answer("Which parts? Numbers, or Enter for all: ");
            Optional<List<String>> chosen = chosen(typed, names);
            if (chosen.isPresent()) {
                return chosen.get();
            }
            page.line("'" + typed + "' is not made of numbers from 1 to " + names.size() + ".");
        }
        throw notChosen();
    }

    private static Optional<List<String>> chosen(String typed, List<String> names) {
        if (typed.isEmpty()) {
            return Optional.of(List.of());
        }
        Set<String> chosen = new LinkedHashSet<>();
        for (String word : typed.split("[ ,]+")) {
            Optional<Integer> number = number(word).filter(n -> n >= 1 && n <= names.size());
            if (number.isEmpty()) {
                return Optional.empty();
            }
            chosen.add(names.get(number.get() - 1));
        }
        return Optional.of(new ArrayList<>(chosen));
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private String answer(String prompt) {
        return terminal.person().answer(prompt).map(String::strip).orElseThrow(Menu::notChosen);
    }

    private static Cancelled notChosen() {
        return new Cancelled(
                ErrorCode.NOT_CONFIRMED,
                "nothing was chosen, and nothing was restored",
                "name a snapshot: 'latest', or an id.");
    }
}
