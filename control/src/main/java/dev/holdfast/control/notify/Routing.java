package dev.holdfast.control.notify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Who hears what, by what a stack and the server say. */
final class Routing {
    private Routing() {}

    /** The channels that hear a notice; each once. */
    static Set<Target> targets(Notice notice, NotificationBook book) {
        Predicate<Set<NoticeKind>> hears = kinds -> kinds.contains(notice.kind())
                // who was not told that it began need not hear that it is over
                && (notice.kind() != NoticeKind.RECOVERED
                        || notice.incident()
                                .map(incident -> kinds.contains(incident.kind()))
                                .orElse(true));
        Set<Target> targets = new LinkedHashSet<>();
        notice.stack()
                .flatMap(book::ofStack)
                .ifPresent(said -> add(targets, notice.stack().orElse(""), said, book, hears));
        add(targets, Target.SERVER, book.ofServer(), book, hears);
        if (notice.stack().isEmpty() && book.ofServer().channels().isEmpty()) {
            addThoseOfStacks(targets, book, hears);
        }
        return targets;
    }

    /** The monitors that hear of a run. */
    static Set<Target> monitors(String stack, String runKind, NotificationBook book) {
        Set<Target> targets = new LinkedHashSet<>();
        book.ofStack(stack).ifPresent(said -> addMonitors(targets, stack, said, runKind));
        addMonitors(targets, Target.SERVER, book.ofServer(), runKind);
        return targets;
    }

    /** The channels of a digest. */
    static Set<Target> readers(String scope, Notifications said, DigestConfig digest, NotificationBook book) {
        Set<Target> targets = new LinkedHashSet<>();
        digest.channels().forEach(name -> resolve(scope, name, said, book).ifPresent(targets::add));
        return targets;
    }

    /** Names in routes and digests that no channel has: nobody hears what goes there. */
    static List<String> unknown(NotificationBook book) {
        List<String> unknown = new ArrayList<>(unknown("the server", book.ofServer(), book));
        book.stacks().stream()
                .sorted()
                .forEach(stack -> book.ofStack(stack)
                        .ifPresent(said -> unknown.addAll(unknown("the stack '" + stack + "'", said, book))));
        return unknown;
    }

    private static List<String> unknown(String whose, Notifications said, NotificationBook book) {
        return Stream.concat(
                        said.routes().stream().flatMap(route -> route.channels().stream()),
                        said.digest().stream().flatMap(digest -> digest.channels().stream()))
                .distinct()
                .filter(name -> said.channel(name)
                        .or(() -> book.ofServer().channel(name))
                        .isEmpty())
                .map(name -> whose + " sends to a channel '" + name + "' that is not there")
                .toList();
    }

    /** The settings of a channel, as they are now. */
    static Optional<NotifyConfig> channel(Target target, NotificationBook book) {
        Optional<Notifications> said =
                target.stack().equals(Target.SERVER) ? Optional.of(book.ofServer()) : book.ofStack(target.stack());
        return said.flatMap(notifications -> notifications.channel(target.channel()));
    }

    private static void add(
            Set<Target> targets,
            String scope,
            Notifications said,
            NotificationBook book,
            Predicate<Set<NoticeKind>> hears) {
        said.routes().stream()
                .filter(route -> hears.test(route.kinds()))
                .flatMap(route -> route.channels().stream())
                .forEach(name -> resolve(scope, name, said, book).ifPresent(targets::add));
        if (hears.test(NoticeKind.USUAL)) {
            said.channels().stream()
                    .filter(channel -> !isMonitor(channel) && !isRouted(channel, said))
                    .forEach(channel -> targets.add(new Target(scope, channel.name())));
        }
    }

    /** Whoever looks after stacks looks after a server that names nobody; who does so for several stacks hears it once. */
    private static void addThoseOfStacks(Set<Target> targets, NotificationBook book, Predicate<Set<NoticeKind>> hears) {
        Set<NotifyConfig> known = new HashSet<>();
        for (String stack : book.stacks().stream().sorted().toList()) {
            Set<Target> some = new LinkedHashSet<>();
            book.ofStack(stack).ifPresent(said -> add(some, stack, said, book, hears));
            some.stream()
                    .filter(target -> channel(target, book).map(known::add).orElse(false))
                    .forEach(targets::add);
        }
    }

    private static void addMonitors(Set<Target> targets, String scope, Notifications said, String runKind) {
        said.channels().stream()
                .filter(channel ->
                        channel instanceof NotifyConfig.Ping ping && ping.runs().contains(runKind))
                .forEach(channel -> targets.add(new Target(scope, channel.name())));
    }

    /** A name means a channel of the stack, or else one of the server. Monitors hear of runs, and of nothing else. */
    private static Optional<Target> resolve(String scope, String name, Notifications said, NotificationBook book) {
        if (said.channel(name).isPresent()) {
            return said.channel(name).filter(channel -> !isMonitor(channel)).map(_ -> new Target(scope, name));
        }
        return book.ofServer()
                .channel(name)
                .filter(channel -> !isMonitor(channel))
                .map(_ -> new Target(Target.SERVER, name));
    }

    private static boolean isMonitor(NotifyConfig channel) {
        return channel instanceof NotifyConfig.Ping;
    }

    private static boolean isRouted(NotifyConfig channel, Notifications said) {
        return said.routes().stream().anyMatch(route -> route.channels().contains(channel.name()));
    }
}
