package dev.holdfast.control.convert;

import dev.holdfast.control.config.Example;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a stack file of a configuration of borgmatic: databases of PostgreSQL, directories, what is kept, and who is told.
 *
 * @see <a href="https://torsion.org/borgmatic/docs/reference/configuration/">borgmatic's configuration</a>
 */
public final class Borgmatic {
    private static final Map<String, String> KEEP = Map.of(
            "keep_hourly", "keep-hourly",
            "keep_daily", "keep-daily",
            "keep_weekly", "keep-weekly",
            "keep_monthly", "keep-monthly",
            "keep_yearly", "keep-yearly");
    private static final Set<String> READ = Set.of(
            "source_directories",
            "exclude_patterns",
            "repositories",
            "postgresql_databases",
            "constants",
            "keep_within",
            "healthchecks",
            "uptime_kuma",
            "location",
            "storage",
            "retention",
            "hooks",
            "encryption_passphrase",
            "encryption_passcommand");
    private static final List<String> OLD_SECTIONS =
            List.of("location", "storage", "retention", "consistency", "output", "hooks");
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("checks", "use 'holdfast check' and 'holdfast verify'"),
            Map.entry("commands", "write them under 'hooks', see docs/policies.md"),
            Map.entry("before_backup", "write it under 'hooks: before-backup', see docs/policies.md"),
            Map.entry("after_backup", "write it under 'hooks: after-backup', see docs/policies.md"),
            Map.entry("on_error", "write it under 'hooks' or 'notify', see docs/policies.md"),
            Map.entry("ntfy", "write it under 'notify: channels', see docs/notifications.md"),
            Map.entry("compression", "Holdfast compresses by itself"),
            Map.entry("archive_name_format", "snapshots have ids"),
            Map.entry("match_archives", "snapshots belong to a stack"));
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:?-([^}]*))?}");
    private static final Pattern SPAN = Pattern.compile("(\\d{1,5})([HdwMSmy])");

    private final String shown;
    private final StackText out = new StackText();
    private final Map<String, String> constants = new LinkedHashMap<>();

    private Borgmatic(String shown) {
        this.shown = shown;
    }

    /**
     * @param content of the file
     * @param shown what messages call it
     * @throws Invalid (CONFIGURATION_INVALID) if it is not understood, or nothing in it can be backed up by Holdfast
     */
    public static Converted convert(String content, String shown) {
        return new Borgmatic(shown).converted(Settings.of(content, shown));
    }

    private Converted converted(Settings file) {
        List<Settings> all = new ArrayList<>(List.of(file));
        OLD_SECTIONS.forEach(name -> file.map(name).ifPresent(all::add));
        file.map("constants")
                .ifPresent(map ->
                        map.keys().forEach(key -> map.text(key).ifPresent(value -> constants.put(key, value))));
        out.comment(0, "made of borgmatic's " + shown + " by 'holdfast import'; read it before it is used");
        out.value(0, "stack", "imported");
        out.map(0, "sources");
        int sources = databases(all) + directories(all);
        if (sources == 0) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + shown
                            + "' has neither 'source_directories' nor 'postgresql_databases' that Holdfast can read",
                    "write a stack file by hand; " + Example.STACK_HELP);
        }
        repository(all);
        out.note(0, "borgmatic is started by cron or systemd, at times that its file does not say: write them here");
        out.value(0, "schedule", "0 2 * * *");
        retention(all);
        channels(all);
        all.forEach(section -> rest(section, section == file));
        return out.converted();
    }

    private int databases(List<Settings> all) {
        Names names = new Names();
        for (Settings section : all) {
            for (Settings database : section.maps("postgresql_databases")) {
                database(database, names, section.line("postgresql_databases"));
            }
        }
        return names.count();
    }

    private void database(Settings database, Names names, int line) {
        String name = text(database, "name").orElse("all");
        boolean every = name.equals("all");
        String source = names.unused(every ? "databases" : name);
        out.map(1, source).map(2, "postgres");
        String host = text(database, "hostname").orElse("");
        boolean socket = host.isEmpty() || host.startsWith("/");
        String user = text(database, "username").orElse("");
        StringBuilder url = new StringBuilder("postgresql://");
        url.append(user.isEmpty() ? "" : encoded(user) + "@");
        url.append(socket ? "" : host.contains(":") ? "[" + host + "]" : host);
        text(database, "port").ifPresent(port -> url.append(socket ? "" : ":" + port));
        url.append('/').append(every ? "postgres" : encoded(name));
        List<String> options = new ArrayList<>();
        if (socket) {
            options.add("host=" + encoded(host.isEmpty() ? "/var/run/postgresql" : host));
            text(database, "port").ifPresent(port -> options.add("port=" + port));
        }
        text(database, "ssl_mode").ifPresent(mode -> options.add("sslmode=" + encoded(mode)));
        text(database, "ssl_root_cert").ifPresent(file -> options.add("sslrootcert=" + encoded(file)));
        text(database, "ssl_cert").ifPresent(file -> options.add("sslcert=" + encoded(file)));
        text(database, "ssl_key").ifPresent(file -> options.add("sslkey=" + encoded(file)));
        url.append(options.isEmpty() ? "" : "?" + String.join("&", options));
        out.value(3, "url", url.toString());
        database.text("password")
                .ifPresent(password ->
                        secret(3, "password", password, variable(source) + "_PASSWORD", database.line("password")));
        if (every) {
            out.plain(3, "databases", "all");
        }
        Set<String> known = Set.of(
                "name", "hostname", "username", "password", "port", "ssl_mode", "ssl_root_cert", "ssl_cert", "ssl_key");
        Map<String, String> needless = Map.of(
                "format", "rows are stored by themselves, and 'holdfast export' writes any format",
                "compression", "Holdfast compresses by itself",
                "no_owner", "say --no-owner when restoring");
        database.keys().stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> out.note(
                        3,
                        at(database.line(key)) + "'" + key + "' was left out: "
                                + needless.getOrDefault(
                                        key,
                                        key.startsWith("restore_")
                                                ? "say where to with --to when restoring"
                                                : "it has no counterpart")));
        if (database.keys().isEmpty()) {
            out.note(3, at(line) + "nothing is said of this database");
        }
    }

    private int directories(List<Settings> all) {
        Names names = new Names();
        Set<String> patterns = new LinkedHashSet<>();
        all.forEach(section -> patterns.addAll(section.texts("exclude_patterns")));
        for (Settings section : all) {
            for (String written : section.texts("source_directories")) {
                String path = replaced(written);
                if (path.matches(".*[*?\\[].*") || !(path.startsWith("/") || path.startsWith("~/"))) {
                    out.note(
                            1,
                            at(section.line("source_directories")) + "'" + path
                                    + "' was left out: a source is one directory with its whole path");
                    continue;
                }
                String name = path.replaceAll("/+$", "");
                out.map(1, names.unused("files-" + name.substring(name.lastIndexOf('/') + 1)))
                        .map(2, "directory");
                out.value(3, "path", path);
                List<String> excluded = patterns.stream()
                        .flatMap(pattern -> excluded(replaced(pattern), name).stream())
                        .toList();
                if (!excluded.isEmpty()) {
                    out.list(3, "exclude", excluded);
                }
            }
        }
        if (names.count() > 0) {
            patterns.stream()
                    .filter(pattern -> pattern.matches("(?:re|sh|pp|pf|fm):.*"))
                    .forEach(pattern ->
                            out.note(1, "the exclusion '" + pattern + "' was left out: write it as in .gitignore"));
        }
        return names.count();
    }

    /** Borg matches whole paths; Holdfast those below the directory. */
    private static Optional<String> excluded(String pattern, String directory) {
        if (pattern.matches("(?:re|sh|pp|pf|fm):.*")) {
            return Optional.empty();
        }
        if (pattern.startsWith(directory + "/")) {
            return Optional.of(pattern.substring(directory.length()));
        }
        return pattern.startsWith("/") ? Optional.empty() : Optional.of(pattern.replaceAll("^\\*/", ""));
    }

    private void repository(List<Settings> all) {
        out.map(0, "repository");
        out.variable(1, "passphrase", "HOLDFAST_PASSPHRASE");
        for (Settings section : all) {
            List<String> paths = new ArrayList<>(section.texts("repositories"));
            section.maps("repositories").forEach(one -> one.text("path").ifPresent(paths::add));
            paths.forEach(path -> out.note(
                    1,
                    at(section.line("repositories")) + "the Borg repository '" + withoutSecret(replaced(path))
                            + "' stays as it is; Holdfast cannot read it, and makes one of its own"));
            for (String key : List.of("encryption_passphrase", "encryption_passcommand")) {
                if (section.keys().contains(key)) {
                    out.note(
                            1,
                            at(section.line(key)) + "'" + key + "' belongs to the Borg repository and was not copied");
                }
            }
        }
        out.note(1, "choose where backups are kept; a bucket or another server can be added");
        out.map(1, "destinations").map(2, "disk").map(3, "local").value(4, "path", "/var/backups/holdfast");
    }

    private static String withoutSecret(String path) {
        return path.replaceAll("://([^:@/]*):[^@/]*@", "://$1@");
    }

    private void retention(List<Settings> all) {
        Map<String, String> rules = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        for (Settings section : all) {
            for (String key : section.keys()) {
                if (key.equals("keep_within")) {
                    within(text(section, key).orElse(""))
                            .ifPresentOrElse(
                                    span -> rules.put("keep-within", span),
                                    () -> notes.add(at(section.line(key))
                                            + "'keep_within' was left out: it is not understood"));
                } else if (KEEP.containsKey(key)) {
                    text(section, key)
                            .filter(text -> text.matches("\\d{1,5}"))
                            .ifPresentOrElse(
                                    count -> rules.put(KEEP.getOrDefault(key, ""), count),
                                    () -> notes.add(
                                            at(section.line(key)) + "'" + key + "' was left out: it is no number"));
                } else if (key.startsWith("keep_")) {
                    notes.add(at(section.line(key)) + "'" + key + "' was left out: Holdfast has no such rule");
                }
            }
        }
        if (rules.values().stream().allMatch("0"::equals)) {
            notes.add("nothing is said of what is kept, so it is 30 days");
            notes.forEach(note -> out.note(0, note));
            return;
        }
        out.map(0, "retention");
        notes.forEach(note -> out.note(1, note));
        rules.forEach((rule, count) -> out.plain(1, rule, count));
    }

    private static Optional<String> within(String text) {
        Matcher matcher = SPAN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int count = Integer.parseInt(matcher.group(1));
        return switch (matcher.group(2)) {
            case "H" -> Optional.of(count + "h");
            case "d" -> Optional.of(count + "d");
            case "w" -> Optional.of(count + "w");
            case "m" -> Optional.of(count * 31L + "d");
            case "y" -> Optional.of(count * 366L + "d");
            default -> Optional.empty();
        };
    }

    private void channels(List<Settings> all) {
        boolean begun = false;
        for (Settings section : all) {
            for (String kind : List.of("healthchecks", "uptime_kuma")) {
                String key = kind.equals("healthchecks") ? "ping_url" : "push_url";
                Optional<String> url =
                        section.map(kind).flatMap(map -> map.text(key)).or(() -> section.text(kind));
                if (url.isEmpty()) {
                    continue;
                }
                if (!begun) {
                    out.map(0, "notify").map(1, "channels");
                    begun = true;
                }
                out.map(2, kind.replace('_', '-')).map(3, "ping");
                if (kind.equals("uptime_kuma")) {
                    out.plain(4, "style", "uptime-kuma");
                }
                // whoever knows such an address can report in our name
                secret(
                        4,
                        "url",
                        url.get(),
                        kind.equals("healthchecks") ? "HEALTHCHECKS_URL" : "UPTIME_KUMA_URL",
                        section.line(kind));
            }
        }
    }

    private void secret(int depth, String key, String value, String usual, int line) {
        String replaced = replaced(value);
        SecretPlace place = SecretPlace.of(replaced, usual);
        if (SecretPlace.isClear(replaced)) {
            out.note(depth, at(line) + "the secret that stood there was not copied: put it into the variable " + usual);
        }
        out.secret(depth, key, place);
    }

    private void rest(Settings section, boolean whole) {
        for (String key : section.keys()) {
            boolean known = READ.contains(key)
                    || KEEP.containsKey(key)
                    || key.startsWith("keep_")
                    || (whole && OLD_SECTIONS.contains(key));
            if (section.isIncluded(key) || key.equals("<<")) {
                out.note(
                        0,
                        at(section.line(key))
                                + "what is included from another file was not read: import that file, too");
            } else if (!known) {
                out.note(
                        0,
                        at(section.line(key)) + "'" + key + "' was left out: "
                                + REASONS.getOrDefault(key, "it has no counterpart"));
            }
        }
        if (section.keys().contains("constants")) {
            out.note(0, at(section.line("constants")) + "'constants' were put in where they are named");
        }
    }

    private Optional<String> text(Settings settings, String key) {
        return settings.text(key).map(this::replaced).filter(text -> !text.isEmpty());
    }

    /** With constants, and with variables in the way of a stack file, which knows no other value for one that is not set. */
    private String replaced(String text) {
        String result = text;
        for (Map.Entry<String, String> constant : constants.entrySet()) {
            result = result.replace("{" + constant.getKey() + "}", constant.getValue());
        }
        Matcher matcher = VARIABLE.matcher(result);
        StringBuilder plain = new StringBuilder();
        while (matcher.find()) {
            if (matcher.group(2) != null) {
                out.note(
                        0,
                        "the variable " + matcher.group(1) + " has to be set: a stack file has no value in its place");
            }
            matcher.appendReplacement(plain, Matcher.quoteReplacement("${" + matcher.group(1) + "}"));
        }
        return matcher.appendTail(plain).toString();
    }

    private String at(int line) {
        return shown + ":" + line + ": ";
    }

    private static String variable(String source) {
        return source.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
    }

    private static String encoded(String text) {
        return text.contains("${")
                ? text
                : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
