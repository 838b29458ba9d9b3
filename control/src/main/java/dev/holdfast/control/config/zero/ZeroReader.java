package dev.holdfast.control.config.zero;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.S3Config;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackPolicies;
import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.RepositoryKey;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes a stack of environment variables. For one use. */
final class ZeroReader {
    private static final Pattern STACK_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final String USUAL_STACK = "stack";
    private static final String NO_LOCAL = "none";

    private final Variables variables;
    private final SourceNames names = new SourceNames();
    private final Path state;

    ZeroReader(Environment environment, Path state) {
        this.variables = new Variables(environment);
        this.state = state.toAbsolutePath().normalize();
    }

    ZeroConfiguration read() {
        ZoneId zone = zone();
        Policies policies = new Policies(variables, zone);
        ServiceSettings service = new ServiceSettings(
                zone,
                variables.flag(Variable.ON_START, true),
                policies.span(Variable.WAIT).orElse(ServiceSettings.DEFAULT_WAIT));
        Optional<StackConfig> stack = stack(policies);
        LookAlikes.find(variables);
        return new ZeroConfiguration(
                variables.problems().isEmpty() ? stack : Optional.empty(),
                service,
                variables.notes(),
                variables.problems());
    }

    private ZoneId zone() {
        Optional<String> name =
                variables.text(Variable.ZONE).map(text -> text.startsWith(":") ? text.substring(1) : text);
        try {
            return name.map(Schedule::zone).orElseGet(variables.environment()::zone);
        } catch (HoldfastException e) {
            variables.wrong("TZ: " + e.getMessage(), "for example: TZ=Europe/Berlin");
            return variables.environment().zone();
        }
    }

    private Optional<StackConfig> stack(Policies policies) {
        List<PostgresConfig> databases = new DatabaseSources(variables, names).read();
        Buckets buckets = new Buckets(variables, names);
        List<BucketConfig> bucketSources = buckets.sources();
        List<DirectoryConfig> directories = directories();
        List<SourceConfig> sources = new ArrayList<>(databases);
        sources.addAll(bucketSources);
        sources.addAll(directories);
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        List<DestinationConfig> destinations = destinations(buckets);
        StackPolicies read = policies.read();
        Optional<RepositoryKey> key = key();
        if (destinations.isEmpty() || !variables.problems().isEmpty()) {
            return Optional.empty();
        }
        StackConfig stack = new StackConfig(name(sources), sources, RepositoryConfig.of(key, destinations), read);
        stack.overlap()
                .ifPresent(overlap -> variables.wrong(
                        overlap, "set S3_BUCKET, S3_PREFIX or BACKUP_DIR to a place of its own for the backups."));
        return Optional.of(stack);
    }

    /** What is said, or what the first source is called. */
    private String name(List<SourceConfig> sources) {
        Optional<String> said = variables.text(Variable.STACK);
        if (said.isPresent() && !STACK_NAME.matcher(said.get()).matches()) {
            variables.wrong(
                    variables.shown(Variable.STACK) + " is '" + said.get()
                            + "'; expected a name of letters, digits, '.', '_' and '-', at most 63",
                    "for example: HOLDFAST_STACK=shop");
        }
        return said.orElseGet(() -> SourceNames.plain(sources.getFirst().name(), USUAL_STACK));
    }

    private List<DestinationConfig> destinations(Buckets buckets) {
        List<DestinationConfig> destinations = new ArrayList<>();
        Optional<S3Config> bucket = buckets.destination();
        Optional<String> local = variables.text(Variable.LOCAL);
        if (!local.orElse("").equals(NO_LOCAL)) {
            path(
                            variables.shown(Variable.LOCAL),
                            local.orElse(state.resolve("backups").toString()))
                    .ifPresent(folder -> destinations.add(new LocalConfig("local", folder)));
        } else if (bucket.isEmpty()) {
            variables.wrong(
                    variables.shown(Variable.LOCAL) + " is none, and there is no bucket either",
                    "set S3_BUCKET and what belongs to it, or leave BACKUP_DIR out.");
        }
        bucket.ifPresent(destinations::add);
        return destinations;
    }

    private Optional<Path> path(String variable, String text) {
        try {
            return Optional.of(Path.of(text).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            variables.wrong(variable + " is not a path", "set it to an absolute path.");
            return Optional.empty();
        }
    }

    private List<DirectoryConfig> directories() {
        List<String> exclude = variables.list(Variable.EXCLUDE);
        List<DirectoryConfig> read = new ArrayList<>();
        String variable = variables.shown(Variable.DIRECTORIES);
        for (String text : variables.text(Variable.DIRECTORIES).orElse("").split("[,:\\n]")) {
            if (!text.isBlank()) {
                path(variable, text.strip())
                        .ifPresent(folder -> read.add(new DirectoryConfig(
                                names.name(String.valueOf(folder.getFileName()), "directory"), folder, exclude)));
            }
        }
        return read;
    }

    private Optional<RepositoryKey> key() {
        Optional<RepositoryKey> code =
                variables.secret(Variable.RECOVERY_CODE).map(text -> new RepositoryKey.RecoveryCode(text.text()));
        Optional<RepositoryKey> passphrase =
                variables.secret(Variable.PASSPHRASE).map(text -> new RepositoryKey.Passphrase(text.text()));
        variables
                .nameOf(Variable.PASSPHRASE)
                .filter(name -> !name.startsWith(Variable.PASSPHRASE.ownName()))
                .ifPresent(name -> variables.warn(
                        name,
                        name + " is used as the passphrase of the repository; backups are not files that gpg opens"
                                + " ('holdfast export' writes files)"));
        return code.isPresent() ? code : passphrase;
    }
}
