package dev.holdfast.control.access;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first administrator. Whoever only reaches the server's port cannot become it: that takes a code that stands in the log
 * and in a file of the server, or the server's environment. Of two who try at once the catalog lets one through. Safe for
 * many threads and servers.
 */
public final class SetUp {
    public static final String ADMIN_USER = "HOLDFAST_ADMIN_USER";
    public static final String ADMIN_PASSWORD = "HOLDFAST_ADMIN_PASSWORD";

    private static final Logger LOG = LoggerFactory.getLogger(SetUp.class);
    private static final String FILE = "setup-code";

    /** No user can be called so. */
    private static final String TRIED = "(set-up)";

    private final Tables tables;
    private final Users users;
    private final SignInLimits limits;
    private final Audit audit;
    private final PrivateFile file;
    private final InstantSource clock;

    SetUp(Tables tables, Users users, SignInLimits limits, Audit audit, Path stateFolder, InstantSource clock) {
        this.tables = tables;
        this.users = users;
        this.limits = limits;
        this.audit = audit;
        this.file = new PrivateFile(stateFolder.resolve(FILE));
        this.clock = clock;
    }

    /**
     * To be called when a server starts. If there is no administrator, makes the one that the environment names by
     * HOLDFAST_ADMIN_USER and HOLDFAST_ADMIN_PASSWORD (or HOLDFAST_ADMIN_PASSWORD_FILE), or else a code, which it logs.
     *
     * @throws Missing (SECRET_MISSING) if the environment names a user and no password
     * @throws Invalid (CONFIGURATION_INVALID) if the name or the password cannot be
     */
    public SetUpState begin(Environment environment) {
        if (!isNeeded()) {
            file.remove();
            return new SetUpState.Done();
        }
        return named(environment).map(this::makeNamed).orElseGet(this::askForCode);
    }

    /** Whether there is no administrator yet. */
    public boolean isNeeded() {
        return !users.anyAdministers();
    }

    /**
     * Makes the first administrator.
     *
     * @param code as the log or the file says, in any case, with or without dashes
     * @throws Invalid (CONFIGURATION_INVALID) if the name or the password cannot be
     * @throws AlreadyExists (CONFLICT) if a user who is no administrator has the name
     */
    public SetUpResult complete(Secret code, String name, Secret password, Caller caller) {
        if (!isNeeded()) {
            return new SetUpResult.AlreadyDone();
        }
        return limits.begin(TRIED, caller)
                .<SetUpResult>map(SetUpResult.Later::new)
                .orElseGet(() -> tried(code, name, password, caller));
    }

    private SetUpResult tried(Secret code, String name, Secret password, Caller caller) {
        if (!isKnown(code)) {
            if (!isNeeded()) {
                return new SetUpResult.AlreadyDone(); // a moment ago, which ended all codes
            }
            audit.record(entry(Actor.UNKNOWN, "first administrator", caller, Outcome.REFUSED));
            return new SetUpResult.WrongCode();
        }
        limits.succeeded(TRIED, caller);
        return make(administrator(name, password), caller)
                .<SetUpResult>map(SetUpResult.Made::new)
                .orElseGet(SetUpResult.AlreadyDone::new);
    }

    private boolean isKnown(Secret code) {
        String hash = SetUpCode.hash(code);
        return tables.read(handle -> handle.createQuery("SELECT hash FROM access_setup_code WHERE hash = :hash")
                .bind("hash", hash)
                .mapTo(String.class)
                .findOne()
                .isPresent());
    }

    /** The administrator, unless somebody else was faster. */
    private Optional<User> make(NewUser administrator, Caller caller) {
        Optional<String> hash = users.checkedHash(administrator);
        Optional<User> made = tables.write(handle -> {
            Tables.takeTurn(handle);
            return Users.anyAdministers(handle)
                    ? Optional.<User>empty()
                    : Optional.of(insertAndClose(handle, administrator, hash));
        });
        made.ifPresent(user -> {
            file.remove();
            audit.record(entry(Actor.of(user), "user " + user.name(), caller, Outcome.DONE));
        });
        return made;
    }

    private User insertAndClose(Handle handle, NewUser administrator, Optional<String> hash) {
        User user = users.insert(handle, administrator, hash);
        handle.execute("DELETE FROM access_setup_code");
        return user;
    }

    private static Optional<NewUser> named(Environment environment) {
        Optional<Secret> password = environment.secret(ADMIN_PASSWORD);
        Optional<String> name = environment.value(ADMIN_USER);
        if (name.isPresent() && password.isEmpty()) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    ADMIN_USER + " is set and " + ADMIN_PASSWORD + " is not",
                    "set " + ADMIN_PASSWORD + " or " + ADMIN_PASSWORD + "_FILE, or neither to be given a set-up code.");
        }
        return password.map(p -> administrator(name.orElse("admin"), p));
    }

    private static NewUser administrator(String name, Secret password) {
        return new NewUser(name, Optional.of(password), Grant.everywhere(Role.ADMIN));
    }

    private SetUpState makeNamed(NewUser administrator) {
        Optional<User> made = make(administrator, Caller.LOCAL);
        made.ifPresent(user -> LOG.info("first administrator made from the environment name={}", user.name()));
        return made.<SetUpState>map(SetUpState.Made::new).orElseGet(SetUpState.Done::new);
    }

    private SetUpState askForCode() {
        Secret code = keptCode().orElseGet(this::freshCode);
        LOG.warn(
                "nobody may administer this server yet: open it in a browser and type the set-up code {} (also in {})",
                code.text(),
                file.path());
        return new SetUpState.Needed(code, file.path());
    }

    /** The code of an earlier start, so that a restart does not take it from under somebody's hands. */
    private Optional<Secret> keptCode() {
        return file.read().map(text -> new Secret(text.strip())).filter(this::isKnown);
    }

    /** One more code; those of other servers at the same catalog stay good. */
    private Secret freshCode() {
        Secret code = SetUpCode.make();
        file.write(code.text() + "\n");
        tables.change(handle -> handle.execute(
                "INSERT INTO access_setup_code (hash, made_at) VALUES (?, ?)", SetUpCode.hash(code), clock.millis()));
        return code;
    }

    private static AuditEntry entry(Actor actor, String object, Caller caller, Outcome outcome) {
        return new AuditEntry(actor, "set-up", object, Optional.empty(), caller, outcome, "");
    }
}
