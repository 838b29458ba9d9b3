package dev.holdfast.server.routes;

import dev.holdfast.control.access.Role;
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
import dev.holdfast.server.view.ChannelView;
import dev.holdfast.server.view.ListView;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Notifications: who is told. */
public final class NotificationRoutes {
    private final Services services;

    public NotificationRoutes(Services services) {
        this.services = services;
    }

    /** A channel of a stack, or of the server. */
    record Choice(Optional<String> stack, String channel) {}

    public List<Route> all() {
        return List.of(
                Route.get("/api/v1/notifications/channels", Admission.VIEWER, this::list),
                Route.post("/api/v1/notifications/test", Admission.OPERATOR, this::test)
                        .narrowing());
    }

    private Answer list(Call call) {
        Stream<ChannelView> own = call.principal().mayEverywhere(Role.VIEWER)
                ? channels(Optional.empty(), services.channels())
                : Stream.empty();
        Stream<ChannelView> ofStacks = services.stacks().list().stream()
                .filter(stack -> call.visible().test(stack.name()))
                .flatMap(stack -> channels(Optional.of(stack.name()), notifications(stack)));
        return Answer.ok(new ListView<>(Stream.concat(own, ofStacks).toList()));
    }

    private static Notifications notifications(StackRecord stack) {
        return stack.config().policies().notifications();
    }

    private static Stream<ChannelView> channels(Optional<String> stack, Notifications notifications) {
        return notifications.channels().stream().map(channel -> new ChannelView(stack, channel.name(), channel.type()));
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
        return services.channels();
    }
}
