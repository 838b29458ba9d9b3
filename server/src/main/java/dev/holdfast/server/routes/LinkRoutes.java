package dev.holdfast.server.routes;

import dev.holdfast.control.access.Actor;
import dev.holdfast.control.access.AuditEntry;
import dev.holdfast.control.access.DownloadLinks;
import dev.holdfast.control.access.Outcome;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.settings.Setting;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Json;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.DownloadLinkView;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Links that can be handed on: whoever has one gets that one thing for a while. */
public final class LinkRoutes {
    private static final String ALL = "/api/v1/download-links";
    private static final Duration USUAL = Duration.ofMinutes(15);

    private final Services services;
    private final DownloadRoutes downloads;

    public LinkRoutes(Services services, DownloadRoutes downloads) {
        this.services = services;
        this.downloads = downloads;
    }

    public List<Route> all() {
        return List.of(
                Route.post(ALL, Admission.OPERATOR, this::make).narrowing(),
                Route.get(ALL + "/{link}", Admission.ANYONE, this::use));
    }

    /** The thing is looked for first: a link to nothing would be found out by somebody else. */
    private Answer make(Call call) {
        ObjectNode body = call.body(ObjectNode.class).deepCopy();
        Optional<Duration> wanted = Optional.ofNullable(body.remove("seconds"))
                .map(JsonNode::asLong)
                .map(Duration::ofSeconds);
        DownloadOrder thing = Json.MAPPER.treeToValue(body, DownloadOrder.class);
        call.permit(Role.OPERATOR, thing.stack());
        downloads.answer(thing);
        DownloadLinks.Issued issued =
                services.links().issue(call.principal(), Json.MAPPER.writeValueAsString(thing), life(services, wanted));
        call.note("link " + issued.id() + " until " + issued.expires() + " " + thing.shown());
        String path = ALL + "/" + issued.text().text();
        URI url = URI.create(services.settings().publicUrl().map(URI::toString).orElse("") + path);
        return Answer.created(path, new DownloadLinkView(issued.id(), url.toString(), issued.expires()));
    }

    /** How long a link may last that goes past who may do what. */
    static Duration life(Services services, Optional<Duration> wanted) {
        Duration longest = Duration.ofHours(services.settings().number(Setting.DOWNLOAD_LINK_HOURS));
        if (longest.isZero()) {
            throw switchedOff();
        }
        Duration life = wanted.orElse(USUAL.compareTo(longest) < 0 ? USUAL : longest);
        if (life.compareTo(longest) > 0) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "a download link lasts at most " + longest.toSeconds() + " seconds here",
                    "ask for less, or have an administrator change downloadLinkHours.");
        }
        return life;
    }

    private static AccessDenied switchedOff() {
        return new AccessDenied(
                ErrorCode.FORBIDDEN, "download links are switched off", "an administrator sets downloadLinkHours.");
    }

    private Answer use(Call call) {
        if (services.settings().number(Setting.DOWNLOAD_LINK_HOURS) == 0) {
            throw switchedOff();
        }
        return switch (services.links().use(call.text("link"))) {
            case DownloadLinks.Use.Good good -> use(call, good);
            case DownloadLinks.Use.Orphaned orphaned -> {
                audit(call, orphaned.id(), orphaned.issuer(), Optional.empty(), Outcome.REFUSED);
                throw worthless();
            }
            case DownloadLinks.Use.Worthless _ -> throw worthless();
        };
    }

    private Answer use(Call call, DownloadLinks.Use.Good good) {
        DownloadOrder thing = Json.MAPPER.readValue(good.resource(), DownloadOrder.class);
        if (!good.grant().permits(Role.OPERATOR, thing.stack())) {
            audit(call, good.id(), good.issuer(), Optional.of(thing), Outcome.REFUSED);
            throw worthless();
        }
        try {
            Answer answer = downloads.answer(thing);
            audit(call, good.id(), good.issuer(), Optional.of(thing), Outcome.DONE);
            return answer;
        } catch (RuntimeException e) {
            audit(call, good.id(), good.issuer(), Optional.of(thing), Outcome.FAILED);
            throw e;
        }
    }

    /** One answer for all, so that nobody learns why. */
    private static AccessDenied worthless() {
        return new AccessDenied(
                ErrorCode.FORBIDDEN,
                "this download link is not good, or not any more",
                "ask whoever gave it to you for another.");
    }

    /** By its id: the link itself is as good as a credential. */
    private void audit(Call call, String id, Actor issuer, Optional<DownloadOrder> thing, Outcome outcome) {
        services.access()
                .audit()
                .record(new AuditEntry(
                        issuer,
                        "useDownloadLink",
                        "link " + id,
                        thing.map(DownloadOrder::stack),
                        call.caller(),
                        outcome,
                        thing.map(DownloadOrder::shown).orElse("")));
    }
}
