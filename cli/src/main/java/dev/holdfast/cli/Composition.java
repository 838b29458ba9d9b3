package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.wiring.EngineRepositories;
import dev.holdfast.control.wiring.InstalledConnectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes connectors and repositories when they are first needed; a command that needs none does not load them. */
final class Composition implements Supplier<Cli.Backend>, AutoCloseable {
    /** Names the folder for packs on their way and for what does not fit into memory. */
    static final String SPOOL_VARIABLE = "HOLDFAST_SPOOL";

    private final Environment environment;
    private final InstantSource clock;
    private Cli.@Nullable Backend made;
    private @Nullable SpoolFolder spool;

    Composition(Environment environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public Cli.Backend get() {
        if (made == null) {
            made = make();
        }
        return made;
    }

    private Cli.Backend make() {
        SpoolFolder own = SpoolFolder.in(spool());
        spool = own;
        Connectors connectors = new InstalledConnectors(own.path(), environment, clock);
        EngineRepositories.Machine machine = new EngineRepositories.Machine(
                own.path(), Version.text(), hostName(), Runtime.getRuntime().availableProcessors());
        return new Cli.Backend(connectors, new EngineRepositories(connectors, machine, clock, new SecureRandom()));
    }

    /** Removes what is left in the spool. */
    @Override
    public void close() {
        if (spool != null) {
            spool.close();
        }
    }

    /** Not /tmp if it can be helped, which is often memory. */
    private Path spool() {
        return environment.value(SPOOL_VARIABLE).map(Path::of).orElseGet(() -> {
            Path lasting = Path.of("/var/tmp");
            return Files.isWritable(lasting) ? lasting : Path.of(System.getProperty("java.io.tmpdir"));
        });
    }

    /** Asked of the kernel and not of a name server, which may take its time. */
    static String hostName() {
        for (Path file : List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/hostname"))) {
            try {
                String name = Files.readString(file).strip();
                if (!name.isEmpty()) {
                    return name;
                }
            } catch (IOException e) {
                // another place may know
            }
        }
        return "unknown";
    }
}
