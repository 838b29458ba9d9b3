package dev.holdfast.server.routes;

import dev.holdfast.control.access.Role;
import dev.holdfast.control.channel.ChannelRecord;
import dev.holdfast.control.channel.ChannelText;
import dev.holdfast.control.channel.Channels;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.ChannelAnswerView;
import dev.holdfast.server.view.ChannelSettingsView;
import dev.holdfast.server.view.ChannelView;
import dev.holdfast.server.view.ListView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Channels: by what people are told. Those of the whole server can be made, changed and removed here. */
public final class ChannelRoutes {
    private static final String AT = "/api/v1/notifications/channels";

    private final Services services;

    public ChannelRoutes(Services services) {
        this.services = services;
    }

    /** A channel of a stack, or of the server. */
    record Choice(Optional<String> stack, String channel) {}

    /** A new channel of the server. */
    record Draft(String name, String type, ObjectNode settings, Optional<List<String>> events) {
        ChannelText text() {
            return new ChannelText(type, settings, events.orElse(List.of()));
        }
    }

    /** What a channel of the server shall be from now on. */
    record Change(
            String type,
            ObjectNode settings,
            Optional<List<String>> drop,
            Optional<List<String>> events,
            long revision) {
        ChannelText text() {
            return new ChannelText(type, settings, events.orElse(List.of()));
        }

        Set<String> dropped() {
            return Set.copyOf(drop.orElse(List.of()));
        }
    }

    public List<Route> all() {
        return List.of(
                Route.get(AT, Admission.VIEWER, this::list),
                Route.post(AT, Admission.ADMIN, this::create),
                Route.get(AT + "/{channel}", Admission.ADMIN, this::show),
                Route.put(AT + "/{channel}", Admission.ADMIN, this::change),
                Route.delete(AT + "/{channel}", Admission.ADMIN, this::remove),
                Route.post("/api/v1/notifications/test", Admission.OPERATOR, this::test)
                        .narrowing());
    }

    private Channels channels() {
        return services.channels();
    }

    private Answer list(Call call) {
        Stream<ChannelView> own = call.principal().mayEverywhere(Role.VIEWER)
                ? channels().list().stream().map(ChannelView::of)
                : Stream.empty();
        Stream<ChannelView> ofStacks = services.stacks().list().stream()
                .filter(stack -> call.visible().test(stack.name()))
                .flatMap(stack ->
                        notifications(stack).channels().stream().map(channel -> ChannelView.of(stack, channel)));
        return Answer.ok(new ListView<>(Stream.concat(own, ofStacks).toList()));
    }

    private static Notifications notifications(StackRecord stack) {
        return stack.config().policies().notifications();
    }

    private Answer show(Call call) {
        return Answer.ok(ChannelSettingsView.of(channels().show(call.text("channel"))));
    }

    private Answer create(Call call) {
        Draft draft = call.body(Draft.class);
        call.note("channel=" + draft.name() + " type=" + draft.type());
        ChannelRecord made =
                channels().create(draft.name(), draft.text(), call.principal().actor());
        return Answer.created(AT + "/" + made.name(), ChannelSettingsView.of(made));
    }

    private Answer change(Call call) {
        Change change = call.body(Change.class);
        call.note("type=" + change.type() + " revision=" + change.revision());
        return Answer.ok(ChannelSettingsView.of(channels()
                .change(
                        call.text("channel"),
                        change.text(),
                        change.dropped(),
                        change.revision(),
                        call.principal().actor())));
    }

    private Answer remove(Call call) {
        channels().remove(call.text("channel"), call.number("revision", 0));
        return Answer.done();
    }

    private Answer test(Call call) {
        Choice choice = call.body(Choice.class);
        NotifyConfig channel = notifications(call, choice.stack())
                .channel(choice.channel())
                .orElseThrow(() -> new Missing(ErrorCode.UNKNOWN_NAME, "there is no such channel", ""));
        return Answer.ok(ChannelAnswerView.of(services.notifier().test(choice.stack(), channel)));
    }

    private Notifications notifications(Call call, Optional<String> stack) {
        if (stack.isPresent()) {
            return notifications(services.stacks().show(call.permit(Role.OPERATOR, stack.get())));
        }
        call.permitEverywhere(Role.OPERATOR);
        return channels().notifications();
    }
}
