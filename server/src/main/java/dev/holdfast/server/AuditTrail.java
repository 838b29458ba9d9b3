package dev.holdfast.server;

import dev.holdfast.control.access.Actor;
import dev.holdfast.control.access.Audit;
import dev.holdfast.control.access.AuditEntry;
import dev.holdfast.control.access.Outcome;
import dev.holdfast.server.contract.Operation;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.CallListener;
import dev.holdfast.server.http.Method;
import dev.holdfast.server.http.Route;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes down who changed something, read data, or tried to. */
final class AuditTrail implements CallListener {
    /** Signing in and what belongs to it writes its own entries. */
    private static final Set<String> WRITTEN_ELSEWHERE = Set.of("changeOwnPassword");

    private static final Set<String> TOLD =
            Set.of("part", "key", "name", "table", "format", "other", "confirm", "revision");
    private static final int FORBIDDEN = 403;

    private final Audit audit;

    AuditTrail(Audit audit) {
        this.audit = audit;
    }

    @Override
    public void answered(Operation operation, Route route, Call call) {
        if (counts(operation, route)) {
            write(operation, call, Outcome.DONE);
        }
    }

    @Override
    public void refused(Operation operation, Route route, Call call, int status) {
        if (status == FORBIDDEN || counts(operation, route)) {
            write(operation, call, status == FORBIDDEN ? Outcome.REFUSED : Outcome.FAILED);
        }
    }

    private static boolean counts(Operation operation, Route route) {
        boolean reads = route.access() == Admission.OPERATOR || route.access() == Admission.ADMIN;
        return (route.method() != Method.GET || reads) && !WRITTEN_ELSEWHERE.contains(operation.id());
    }

    private void write(Operation operation, Call call, Outcome outcome) {
        call.anybody()
                .ifPresent(who -> audit.record(new AuditEntry(
                        Actor.of(who),
                        operation.id(),
                        call.request().path(),
                        call.aboutStack(),
                        call.caller(),
                        outcome,
                        details(call))));
    }

    private static String details(Call call) {
        Stream<String> told = call.names().stream()
                .filter(TOLD::contains)
                .sorted()
                .map(name -> name + "="
                        + Optional.of(call.texts(name)).map(List::getFirst).orElse(""));
        return Stream.concat(told, call.notes().stream()).collect(Collectors.joining(" "));
    }
}
