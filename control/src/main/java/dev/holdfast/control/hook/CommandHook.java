package dev.holdfast.control.hook;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts programs as hooks. They get the environment of this process without its own secrets, and with what is known
 * of the run as {@code HOLDFAST_STACK}, {@code HOLDFAST_RUN} and so on. Each is the leader of a process group where the
 * machine has {@code setsid}; one that does not end in time is ended with all its group. Safe for many threads.
 */
public final class CommandHook {
    private static final List<Path> SETSID = List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));
    private static final Pattern SECRETS = Pattern.compile(
            "HOLDFAST_.*(PASSPHRASE|RECOVERY_CODE|PASSWORD|SECRET|TOKEN|CATALOG_URL).*|HOLDFAST_NOTIFY_.*|PASSPHRASE|GPG_PASSPHRASE");

    /** How long a program may take to end itself after it was asked to. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Map<String, String> environment;
    private final Optional<Path> setsid;

    /**
     * @param environment variables of this process
     */
    public CommandHook(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.setsid = SETSID.stream().filter(Files::isExecutable).findFirst();
    }

    Hooks.Answer run(HookAction.Command command, Duration timeout, HookContext context, HookLog log) {
        Process process;
        try {
            process = builder(command, context).start();
        } catch (IOException e) {
            return new Hooks.Answer(false, "the program '" + command.arguments().getFirst() + "' cannot be started");
        }
        Thread reader = Thread.ofVirtual().name("hook output").start(() -> read(process, log));
        try {
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                end(process);
            }
            reader.join(GRACE);
            return ended
                    ? answer(process.exitValue())
                    : new Hooks.Answer(false, "it took longer than " + shown(timeout));
        } catch (InterruptedException e) {
            endNow(process);
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "cancelled while " + command.shown() + " ran", "", e);
        } finally {
            close(process);
        }
    }

    private static Hooks.Answer answer(int exitCode) {
        return new Hooks.Answer(exitCode == 0, "it ended with exit code " + exitCode);
    }

    private static String shown(Duration timeout) {
        return timeout.toMillis() < 1000
                ? timeout.toMillis() + "ms"
                : timeout.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private ProcessBuilder builder(HookAction.Command command, HookContext context) {
        List<String> arguments = new ArrayList<>();
        setsid.ifPresent(program -> arguments.add(program.toString()));
        arguments.addAll(command.arguments());
        ProcessBuilder builder = new ProcessBuilder(arguments)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Map<String, String> variables = builder.environment();
        variables.clear();
        environment.forEach((name, value) -> {
            if (!SECRETS.matcher(name).matches()) {
                variables.put(name, value);
            }
        });
        context.values()
                .forEach((name, value) ->
                        variables.put("HOLDFAST_" + name.toUpperCase(Locale.ROOT), value.replace("\0", "")));
        variables.putAll(command.environment());
        return builder;
    }

    private static void read(Process process, HookLog log) {
        try {
            new Transcript(log).copy(process.getInputStream());
        } catch (IOException e) {
            // closed under it: the program has ended, what it left behind holds the pipe
        }
    }

    private void end(Process process) throws InterruptedException {
        // whoever loses its parent is nobody's descendant any more
        List<ProcessHandle> all = everything(process);
        signal(process, all, "TERM");
        try {
            CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // they were asked
        } finally {
            signal(process, all, "KILL");
            endNow(process);
        }
    }

    private void endNow(Process process) {
        signal(process, everything(process), "KILL");
    }

    private static List<ProcessHandle> everything(Process process) {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
    }

    /** To everything it started: by its group, and by descent. */
    private void signal(Process process, List<ProcessHandle> all, String signal) {
        if (setsid.isPresent()) {
            signalGroup(process.pid(), signal);
        }
        all.forEach(signal.equals("KILL") ? ProcessHandle::destroyForcibly : ProcessHandle::destroy);
    }

    private static void signalGroup(long group, String signal) {
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " -- -" + group)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            kill.onExit().join();
        } catch (IOException e) {
            // what descends from it is signalled one by one
        }
    }

    private static void close(Process process) {
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            // nothing was to be read any more
        }
    }
}
