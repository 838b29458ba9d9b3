package dev.holdfast.server.http;

import dev.holdfast.control.access.Caller;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.auth.WebRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A call that was admitted and fits the contract. For one thread. */
public final class Call {
    private final WebRequest request;
    private final Optional<Principal> principal;
    private final Map<String, List<String>> parameters;
    private final @Nullable JsonNode body;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param parameters those of the path and of the query, by name
     * @param body empty if none came
     */
    Call(
            WebRequest request,
            Optional<Principal> principal,
            Map<String, List<String>> parameters,
            @Nullable JsonNode body) {
        this.request = request;
        this.principal = principal;
        this.parameters = Map.copyOf(parameters);
        this.body = body;
    }

    public WebRequest request() {
        return request;
    }

    /** From where it comes. */
    public Caller caller() {
        return new Caller(request.address(), header("user-agent").orElse(""));
    }

    /**
     * The first value of a header.
     *
     * @param name in lower case
     */
    public Optional<String> header(String name) {
        return request.headers().getOrDefault(name, List.of()).stream().findFirst();
    }

    /** Who asks. */
    public Principal principal() {
        return principal.orElseThrow(Call::nobody);
    }

    /** Who asks, if that is known. */
    public Optional<Principal> anybody() {
        return principal;
    }

    /** A parameter that the contract requires. */
    public String text(String name) {
        return maybe(name)
                .orElseThrow(() -> new IllegalStateException("the contract lets a call come without '" + name + "'"));
    }

    public Optional<String> maybe(String name) {
        return texts(name).stream().findFirst();
    }

    /** All values of a parameter that may come more than once. */
    public List<String> texts(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    /** Names of all parameters that came. */
    public Set<String> names() {
        return parameters.keySet();
    }

    public int number(String name, int otherwise) {
        return maybe(name).map(text -> new BigDecimal(text).intValueExact()).orElse(otherwise);
    }

    public boolean flag(String name) {
        return maybe(name).map(Boolean::parseBoolean).orElse(false);
    }

    public Optional<Instant> time(String name) {
        return maybe(name).map(Instant::parse);
    }

    /** The body. */
    public <T> T body(Class<T> type) {
        return maybeBody(type)
                .orElseThrow(() -> new IllegalStateException("the contract lets a call come without a body"));
    }

    /** The body, if one came. */
    public <T> Optional<T> maybeBody(Class<T> type) {
        return Optional.ofNullable(body).map(node -> Json.MAPPER.treeToValue(node, type));
    }

    /** Which stack it is about, if it says so. */
    public Optional<String> aboutStack() {
        return maybe("stack")
                .or(() -> Optional.ofNullable(body)
                        .map(node -> node.path("stack"))
                        .filter(JsonNode::isString)
                        .map(JsonNode::asString));
    }

    /** Says what the audit trail shall tell of it, beyond its parameters; never a secret. */
    public void note(String text) {
        notes.add(text);
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }

    public Optional<String> idempotencyKey() {
        return header("idempotency-key");
    }

    /**
     * Makes sure that who asks may do something to a stack.
     *
     * @return the stack
     * @throws Missing (UNKNOWN_NAME) if who asks may not even know of it
     * @throws AccessDenied (FORBIDDEN) if who asks may see it, but not do that
     */
    public String permit(Role needed, String stack) {
        if (!principal().may(Role.VIEWER, stack)) {
            throw unknown(stack);
        }
        if (!principal().may(needed, stack)) {
            throw forbidden(needed, " to stack '" + stack + "'");
        }
        return stack;
    }

    /** Makes sure that who asks may do something that is about the whole server. */
    public void permitEverywhere(Role needed) {
        if (!principal().mayEverywhere(needed)) {
            throw forbidden(needed, " everywhere");
        }
    }

    /** Which stacks who asks may see. */
    public Predicate<String> visible() {
        Principal who = principal();
        return stack -> who.may(Role.VIEWER, stack);
    }

    /**
     * The stacks that are asked for, as far as who asks may see them.
     *
     * @param known all stacks there are
     * @return empty if it is all of them, so that even those that are not known any more are meant
     * @throws Missing (UNKNOWN_NAME) if one is named that who asks may not know of
     */
    public Optional<Set<String>> stacks(Set<String> known) {
        List<String> named = texts("stack");
        if (!named.isEmpty()) {
            named.forEach(stack -> permit(Role.VIEWER, stack));
            return Optional.of(Set.copyOf(named));
        }
        return principal().mayEverywhere(Role.VIEWER)
                ? Optional.empty()
                : Optional.of(Set.copyOf(known.stream().filter(visible()).toList()));
    }

    static Missing unknown(String stack) {
        return new Missing(ErrorCode.UNKNOWN_NAME, "there is no stack '" + stack + "'", "");
    }

    static AccessDenied nobody() {
        return new AccessDenied(
                ErrorCode.NOT_SIGNED_IN,
                "nobody is signed in",
                "sign in, or send an API token as 'Authorization: Bearer ...'.");
    }

    static AccessDenied forbidden(Role needed, String where) {
        return new AccessDenied(
                ErrorCode.FORBIDDEN, "this needs the role " + needed.label() + where, "ask an administrator for it.");
    }
}
