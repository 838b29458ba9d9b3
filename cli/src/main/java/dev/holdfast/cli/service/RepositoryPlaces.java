package dev.holdfast.cli.service;

import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.S3Config;
import dev.holdfast.control.config.SftpConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.operation.InitResult;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.RepositoryKey;
import dev.holdfast.engine.store.ObjectStore;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a repository, and copies of it, where that is surely what is wanted, before a backup:
 *
 * <ul>
 *   <li>the repository itself, if no destination has one and none ever had one as far as anybody here knows;
 *   <li>a copy at a destination that is new, while another destination has the repository;
 *   <li>a copy again that is gone: a bucket, a folder of another server, or a folder whose file system is the one it was on.
 * </ul>
 *
 * A folder whose file system is away (a disk that is not mounted) is left alone: the backup tells that it is behind. So is a
 * repository that is gone everywhere: the backup fails, and somebody says with {@code holdfast storage init} that a new one is
 * wanted. Where this machine remembers nothing although the repository has snapshots, folders outside the state folder are left
 * alone too. Safe for many threads.
 */
public final class RepositoryPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryPlaces.class);
    private static final String UNKNOWN_MOUNT = "?";

    private final Connectors connectors;
    private final Repositories repositories;
    private final StateFolder state;
    private final KnownPlaces known;
    private final MadeKeys keys;
    private final Mounts mounts;
    private final InstantSource clock;

    public RepositoryPlaces(
            Connectors connectors, Repositories repositories, StateFolder state, MadeKeys keys, InstantSource clock) {
        this(connectors, repositories, state, keys, Mounts::ofMachine, clock);
    }

    RepositoryPlaces(
            Connectors connectors,
            Repositories repositories,
            StateFolder state,
            MadeKeys keys,
            Mounts mounts,
            InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.state = state;
        this.known = new KnownPlaces(state);
        this.keys = keys;
        this.mounts = mounts;
        this.clock = clock;
    }

    /** What is at a destination. */
    private enum Standing {
        HOLDS,
        LACKS,
        AWAY
    }

    /**
     * A destination and what is there.
     *
     * @param location where it is, as destinations call it
     * @param mount under which mount point it lies; empty if it is no folder
     * @param used whether the repository has snapshots, if it is there
     */
    private record Place(DestinationConfig config, String location, String mount, Standing standing, boolean used) {}

    /**
     * Makes what is missing.
     *
     * @param look how the destinations stood when the repository was used last, if it ever was
     * @param snapshots whether snapshots of the stack are known
     * @throws Missing (REPOSITORY_MISSING) if the repository is gone everywhere
     * @throws HoldfastException if a new repository cannot be made
     */
    public void prepare(StackConfig stack, Optional<Snapshots.Look> look, boolean snapshots) {
        if (!(stack.repository().key().orElse(null) instanceof RepositoryKey.Passphrase)) {
            return;
        }
        Map<String, String> before = known.of(stack.name());
        if (look.isPresent() && snapshots && isLevel(look.get()) && isAsBefore(stack.repository(), before)) {
            return;
        }
        List<Place> places = stack.repository().destinations().stream()
                .map(config -> place(stack.repository(), config))
                .toList();
        if (having(places, Standing.HOLDS).isEmpty()) {
            begin(stack, places, before, look, snapshots);
        } else {
            note(stack, having(places, Standing.HOLDS));
            complete(stack, places, before);
        }
    }

    private static boolean isLevel(Snapshots.Look look) {
        return look.destinations().stream().allMatch(DestinationState::level);
    }

    private boolean isAsBefore(RepositoryConfig repository, Map<String, String> before) {
        return repository.destinations().stream()
                .allMatch(config -> mount(config).equals(before.get(location(config))));
    }

    private static List<Place> having(List<Place> places, Standing standing) {
        return places.stream().filter(place -> place.standing() == standing).toList();
    }

    // ------------------------------------------------------------- what is there

    private Place place(RepositoryConfig repository, DestinationConfig config) {
        Standing standing = Standing.AWAY;
        boolean used = false;
        try (OpenRepository there = repositories.open(of(repository, List.of(config)))) {
            standing = Standing.HOLDS;
            used = !there.snapshots().isEmpty();
        } catch (Missing e) {
            boolean nothing = e.code() == ErrorCode.REPOSITORY_MISSING || e.code() == ErrorCode.BUCKET_MISSING;
            standing = nothing ? Standing.LACKS : Standing.AWAY;
        } catch (Unavailable e) {
            boolean nothing = config instanceof LocalConfig local && !Files.exists(local.path());
            standing = nothing ? Standing.LACKS : Standing.AWAY;
        } catch (HoldfastException e) {
            LOG.debug("destination={} is not to be touched", config.name(), e);
        }
        return new Place(config, location(config), mount(config), standing, used);
    }

    private static RepositoryConfig of(RepositoryConfig repository, List<DestinationConfig> destinations) {
        return new RepositoryConfig(repository.key(), destinations, repository.packSize(), repository.compression());
    }

    private String location(DestinationConfig config) {
        try (ObjectStore store = connectors.store(config)) {
            return store.location();
        }
    }

    private String mount(DestinationConfig config) {
        return switch (config) {
            case LocalConfig local ->
                mounts.of(local.path()).map(Object::toString).orElse(UNKNOWN_MOUNT);
            case S3Config _, SftpConfig _ -> "";
        };
    }

    private void note(StackConfig stack, List<Place> places) {
        Map<String, String> seen = new TreeMap<>();
        places.forEach(place -> seen.put(place.location(), place.mount()));
        known.note(stack.name(), seen);
    }

    // ------------------------------------------------------------- what is made

    /** Nobody has a repository: it is new, or it is gone. */
    private void begin(
            StackConfig stack,
            List<Place> places,
            Map<String, String> before,
            Optional<Snapshots.Look> look,
            boolean snapshots) {
        List<String> earlier = Stream.concat(
                        before.keySet().stream(),
                        look.stream()
                                .flatMap(seen -> seen.destinations().stream())
                                .map(DestinationState::location))
                .distinct()
                .toList();
        boolean had = snapshots || places.stream().map(Place::location).anyMatch(earlier::contains);
        if (!had) {
            InitResult made = new InitOperation(repositories)
                    .run(stack.repository(), code -> keys.keepRecoveryCode(stack.name(), code, clock.instant()));
            if (made.created()) {
                LOG.info("repository made stack={} destinations={}", stack.name(), made.added());
                Reminders.unsaved(stack.name());
            }
            note(stack, places);
        } else if (having(places, Standing.AWAY).isEmpty()) {
            throw gone(stack, places);
        }
    }

    private static Missing gone(StackConfig stack, List<Place> places) {
        return new Missing(
                ErrorCode.REPOSITORY_MISSING,
                "the repository of stack '" + stack.name() + "' is gone: there is none at "
                        + String.join(
                                " or ", places.stream().map(Place::location).toList()),
                "mount what belongs there, or put it back from a copy; only 'holdfast storage init' begins a new one.");
    }

    /** Others have it; a failure here is told by the backup, which finds the destination behind. */
    private void complete(StackConfig stack, List<Place> places, Map<String, String> before) {
        List<Place> holders = having(places, Standing.HOLDS);
        boolean used = holders.stream().anyMatch(Place::used);
        List<Place> wanted = new ArrayList<>();
        for (Place place : having(places, Standing.LACKS)) {
            if (isWanted(place, before, used)) {
                wanted.add(place);
            } else {
                leave(stack, place, before);
            }
        }
        if (!wanted.isEmpty()) {
            add(stack, places, holders, wanted);
        }
    }

    /** If the holders went away meanwhile, nothing is begun in their stead. */
    private void add(StackConfig stack, List<Place> places, List<Place> holders, List<Place> wanted) {
        List<DestinationConfig> all = Stream.concat(holders.stream(), wanted.stream())
                .map(Place::config)
                .toList();
        try {
            InitResult made = new InitOperation(repositories).run(of(stack.repository(), all), _ -> {
                throw gone(stack, places);
            });
            note(stack, wanted);
            LOG.warn("copies of the repository begin at destinations={} stack={}", made.added(), stack.name());
        } catch (HoldfastException e) {
            LOG.warn("no copy of the repository can be made for stack={}: {}", stack.name(), e.getMessage());
        }
    }

    /** Remembered too: the next time it is not one that was added since. */
    private void leave(StackConfig stack, Place place, Map<String, String> before) {
        if (!before.containsKey(place.location())) {
            known.note(stack.name(), Map.of(place.location(), UNKNOWN_MOUNT));
        }
        LOG.warn(
                "destination={} of stack={} is not made again: {} may be a disk that is not mounted; mount it, or say"
                        + " that it is to be made by 'holdfast storage init'",
                place.config().name(),
                stack.name(),
                place.location());
    }

    private boolean isWanted(Place place, Map<String, String> before, boolean used) {
        return switch (place.config()) {
            case S3Config _, SftpConfig _ -> true;
            case LocalConfig local -> isWanted(local, place, before, used);
        };
    }

    private boolean isWanted(LocalConfig local, Place place, Map<String, String> before, boolean used) {
        String mount = before.get(place.location());
        if (mount != null) {
            return !mount.equals(UNKNOWN_MOUNT) && mount.equals(place.mount());
        }
        boolean added = !before.isEmpty();
        return added || !used || local.path().startsWith(state.path());
    }
}
