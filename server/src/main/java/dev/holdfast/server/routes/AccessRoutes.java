package dev.holdfast.server.routes;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.ApiToken;
import dev.holdfast.control.access.AuditFilter;
import dev.holdfast.control.access.AuditRecord;
import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.IssuedToken;
import dev.holdfast.control.access.NewToken;
import dev.holdfast.control.access.NewUser;
import dev.holdfast.control.access.Outcome;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.SetUpResult;
import dev.holdfast.control.access.SignInResult;
import dev.holdfast.control.access.TokenId;
import dev.holdfast.control.access.User;
import dev.holdfast.control.access.UserId;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.auth.IssuedJwt;
import dev.holdfast.server.auth.Oidc;
import dev.holdfast.server.auth.OidcResult;
import dev.holdfast.server.auth.SessionCookie;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.view.AuditPageView;
import dev.holdfast.server.view.AuditView;
import dev.holdfast.server.view.GrantView;
import dev.holdfast.server.view.ListView;
import dev.holdfast.server.view.SessionView;
import dev.holdfast.server.view.SetUpView;
import dev.holdfast.server.view.ShownOnceView;
import dev.holdfast.server.view.TokenView;
import dev.holdfast.server.view.UserView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Who may do what: set-up, sessions, users, tokens, the audit trail. */
public final class AccessRoutes {
    private static final int MAX_LISTED = 10_000;
    private static final String OWN = "/api/v1/sessions/current";
    private static final String USER = "/api/v1/users/{user}";

    private final Access access;
    private final SignInWays ways;

    public AccessRoutes(Access access, SignInWays ways) {
        this.access = access;
        this.ways = ways;
    }

    /** The first administrator. */
    record First(Secret code, String name, Secret password) {}

    /** A name and a password. */
    record Login(String name, Secret password) {}

    /** A new user. */
    record Newcomer(String name, Optional<Secret> password, GrantView grant) {}

    /** What is changed of a user. */
    record Change(Optional<GrantView> grant, Optional<Boolean> enabled) {}

    /** Another password. */
    record Password(Secret password) {}

    /** Another password of one's own. */
    record OwnPassword(Secret current, Secret password) {}

    /** A new token. */
    record TokenOrder(String label, GrantView grant, Optional<String> owner, Optional<Instant> expires) {}

    public List<Route> all() {
        return List.of(
                Route.get(
                        "/api/v1/setup",
                        Admission.ANYONE,
                        _ -> Answer.ok(new SetUpView(access.setUp().isNeeded()))),
                Route.post("/api/v1/setup", Admission.ANYONE, this::setUp),
                Route.post("/api/v1/sessions", Admission.ANYONE, this::signIn),
                Route.post("/api/v1/sessions/jwt", Admission.ANYONE, this::signInForJwt),
                Route.get("/api/v1/sessions/oidc", Admission.ANYONE, this::beginOidc),
                Route.get("/api/v1/sessions/oidc/callback", Admission.ANYONE, this::finishOidc),
                Route.get(OWN, Admission.VIEWER, call -> Answer.ok(SessionView.of(call.principal()))),
                Route.delete(OWN, Admission.VIEWER, this::signOut),
                Route.put(OWN + "/password", Admission.VIEWER, this::changeOwnPassword),
                Route.get("/api/v1/users", Admission.ADMIN, this::users),
                Route.post("/api/v1/users", Admission.ADMIN, this::createUser),
                Route.get(USER, Admission.ADMIN, call -> Answer.ok(UserView.of(user(call)))),
                Route.patch(USER, Admission.ADMIN, this::changeUser),
                Route.delete(USER, Admission.ADMIN, this::removeUser),
                Route.put(USER + "/password", Admission.ADMIN, this::setPassword),
                Route.get("/api/v1/tokens", Admission.VIEWER, this::tokens),
                Route.post("/api/v1/tokens", Admission.VIEWER, this::createToken),
                Route.delete("/api/v1/tokens/{token}", Admission.VIEWER, this::removeToken),
                Route.post(
                        "/api/v1/tokens/jwt",
                        Admission.VIEWER,
                        call -> jwt(ways.jwts().issue(call.principal()))),
                Route.get("/api/v1/audit", Admission.ADMIN, this::audit));
    }

    private Answer setUp(Call call) {
        requireOwnPage(call);
        First first = call.body(First.class);
        return switch (access.setUp().complete(first.code(), first.name(), first.password(), call.caller())) {
            case SetUpResult.Made made -> signedIn(made.administrator(), call);
            case SetUpResult.WrongCode _ ->
                throw refused("the code is not that of this server", "the server's log shows it.");
            case SetUpResult.AlreadyDone _ ->
                throw new AlreadyExists(
                        ErrorCode.CONFLICT, "there is an administrator already", "sign in, or ask that one.");
            case SetUpResult.Later later -> throw later(later.delay());
        };
    }

    private Answer signIn(Call call) {
        return signedIn(user(call, call.body(Login.class)), call);
    }

    private Answer signInForJwt(Call call) {
        return jwt(ways.jwts().issue(user(call, call.body(Login.class))));
    }

    private User user(Call call, Login login) {
        requireOwnPage(call);
        return accepted(access.signIn().withPassword(login.name(), login.password(), call.caller()));
    }

    private static User accepted(SignInResult result) {
        return switch (result) {
            case SignInResult.Accepted accepted -> accepted.user();
            case SignInResult.Refused _ -> throw refused("name and password do not belong together", "");
            case SignInResult.Later later -> throw later(later.delay());
        };
    }

    private Answer signedIn(User user, Call call) {
        return new Answer.Json(201, SessionView.of(user), Answer.Headers.cookies(List.of(cookie(user, call))));
    }

    private String cookie(User user, Call call) {
        return SessionCookie.set(
                access.sessions().open(user, call.caller()),
                access.sessions().longest(),
                call.request().secure());
    }

    private void requireOwnPage(Call call) {
        if (!ways.guard().admitsSignIn(call.request())) {
            throw new AccessDenied(
                    ErrorCode.FORBIDDEN,
                    "the request does not come from a page of this server",
                    "if a proxy changes the host name, tell the server under which URL it is reached.");
        }
    }

    private static Answer jwt(IssuedJwt issued) {
        return new Answer.Json(
                201, new ShownOnceView.Jwt(issued.token().text(), Optional.of(issued.expires())), Answer.Headers.NONE);
    }

    private Answer beginOidc(Call call) {
        Oidc.Begun begun = provider()
                .begin(call.maybe("returnTo").orElse("/"), call.request().secure());
        return redirect(begun.location().toString(), List.of(begun.setCookie()));
    }

    private Answer finishOidc(Call call) {
        Map<String, String> query = new HashMap<>();
        call.names().stream()
                .filter(name -> call.texts(name).size() == 1)
                .forEach(name -> query.put(name, call.text(name)));
        boolean secure = call.request().secure();
        String ended = Oidc.clearCookie(secure);
        return switch (provider().finish(query, call.request(), call.caller())) {
            case OidcResult.Accepted accepted ->
                redirect(accepted.returnTo(), List.of(ended, cookie(accepted.user(), call)));
            case OidcResult.NotAllowed _ -> redirect("/?sign-in=not-allowed", List.of(ended));
            case OidcResult.Refused _ -> redirect("/?sign-in=refused", List.of(ended));
        };
    }

    private Oidc provider() {
        return ways.provider()
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME, "no identity provider is configured", "sign in with a password."));
    }

    private static Answer redirect(String location, List<String> cookies) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("Location", location));
        cookies.forEach(cookie -> fields.add(Map.entry("Set-Cookie", cookie)));
        return new Answer.Empty(302, new Answer.Headers(fields));
    }

    private Answer signOut(Call call) {
        Principal who = call.principal();
        if (who.credential() instanceof Credential.OfSession session) {
            access.sessions().end(who.user(), session.session());
        }
        return new Answer.Empty(
                204,
                Answer.Headers.cookies(
                        List.of(SessionCookie.clear(call.request().secure()))));
    }

    private Answer changeOwnPassword(Call call) {
        OwnPassword change = call.body(OwnPassword.class);
        User user = accepted(
                access.signIn().changePassword(call.principal(), change.current(), change.password(), call.caller()));
        return call.principal().credential() instanceof Credential.OfSession
                ? new Answer.Empty(204, Answer.Headers.cookies(List.of(cookie(user, call))))
                : Answer.done();
    }

    private Answer users(Call call) {
        return Answer.ok(new ListView<>(access.users().list(Optional.empty(), MAX_LISTED).stream()
                .map(UserView::of)
                .toList()));
    }

    private Answer createUser(Call call) {
        Newcomer wanted = call.body(Newcomer.class);
        User made = access.users()
                .create(new NewUser(
                        wanted.name(), wanted.password(), wanted.grant().grant()));
        return Answer.created("/api/v1/users/" + made.id(), UserView.of(made));
    }

    private User user(Call call) {
        return access.users()
                .find(new UserId(call.text("user")))
                .orElseThrow(() -> new Missing(ErrorCode.UNKNOWN_NAME, "there is no such user", ""));
    }

    private Answer changeUser(Call call) {
        UserId id = user(call).id();
        Change change = call.body(Change.class);
        change.grant().ifPresent(grant -> access.users().changeGrant(id, grant.grant()));
        change.enabled().ifPresent(enabled -> enable(id, enabled));
        return Answer.ok(UserView.of(user(call)));
    }

    private void enable(UserId id, boolean enabled) {
        if (enabled) {
            access.users().enable(id);
        } else {
            access.users().disable(id);
        }
    }

    private Answer removeUser(Call call) {
        access.users().remove(user(call).id());
        return Answer.done();
    }

    private Answer setPassword(Call call) {
        access.users().resetPassword(user(call).id(), call.body(Password.class).password());
        return Answer.done();
    }

    private Answer tokens(Call call) {
        Principal who = call.principal();
        Optional<UserId> owner = who.mayEverywhere(Role.ADMIN) ? Optional.empty() : Optional.of(who.user());
        return Answer.ok(new ListView<>(access.tokens().list(owner, Optional.empty(), MAX_LISTED).stream()
                .map(TokenView::of)
                .toList()));
    }

    private Answer createToken(Call call) {
        TokenOrder order = call.body(TokenOrder.class);
        IssuedToken issued = access.tokens()
                .issue(
                        call.principal(),
                        new NewToken(
                                order.owner()
                                        .map(UserId::new)
                                        .orElse(call.principal().user()),
                                order.label(),
                                order.grant().grant(),
                                order.expires()));
        return Answer.created(
                "/api/v1/tokens/" + issued.token().id(),
                new ShownOnceView.MadeToken(
                        TokenView.of(issued.token()), issued.secret().text()));
    }

    private Answer removeToken(Call call) {
        TokenId id = new TokenId(call.text("token"));
        Optional<ApiToken> token = access.tokens().find(id).filter(found -> mayEnd(call.principal(), found));
        if (token.isEmpty() || !access.tokens().revoke(id)) {
            throw new Missing(ErrorCode.UNKNOWN_NAME, "there is no such token", "");
        }
        return Answer.done();
    }

    /** A token ends itself, and no other of its owner: it may be the one that leaked. */
    private static boolean mayEnd(Principal who, ApiToken token) {
        boolean own = who.token()
                .map(token.id()::equals)
                .orElseGet(() -> token.owner().equals(who.user()));
        return own || who.mayEverywhere(Role.ADMIN);
    }

    private Answer audit(Call call) {
        AuditFilter filter = new AuditFilter(
                call.maybe("user").map(UserId::new),
                call.maybe("action"),
                call.maybe("stack"),
                call.maybe("outcome").map(text -> Outcome.valueOf(text.toUpperCase(Locale.ROOT))),
                call.time("since"),
                call.time("until"));
        int limit = call.number("limit", RunRoutes.DEFAULT_LIMIT);
        List<AuditRecord> found = access.audit().list(filter, call.maybe("after"), limit + 1);
        List<AuditRecord> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.ok(new AuditPageView(
                page.stream().map(AuditView::of).toList(),
                found.size() > limit ? Optional.of(page.getLast().id()) : Optional.empty()));
    }

    private static HoldfastException refused(String message, String hint) {
        return new AccessDenied(ErrorCode.NOT_SIGNED_IN, message, hint);
    }

    private static HoldfastException later(Duration delay) {
        return new Busy(
                ErrorCode.TOO_MANY_REQUESTS,
                "too many tries",
                "wait " + Math.max(1, delay.toSeconds()) + " seconds before the next.");
    }
}
