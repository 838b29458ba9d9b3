package dev.holdfast.server.services;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.DownloadLinks;
import dev.holdfast.control.channel.Channels;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.notify.NotificationHistory;
import dev.holdfast.control.notify.Notifier;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.run.RunEvents;
import dev.holdfast.control.run.RunLogs;
import dev.holdfast.control.run.Runs;
import dev.holdfast.control.settings.LiveSettings;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.Stacks;
import dev.holdfast.server.view.WarningView;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the routes ask.
 *
 * @param reader reads the text of a stack file, to try it; throws Invalid if it cannot be
 * @param history what goes on, and what people were told
 * @param channels of the server itself
 * @param links to single downloads
 * @param settings that may change
 * @param recoveryCodes of repositories that this server made
 * @param warnings what somebody should do, beyond what the routes see themselves; asked for each status
 */
public record Services(
        Runs runs,
        RunEvents events,
        RunLogs logs,
        Stacks stacks,
        Snapshots snapshots,
        Connectors connectors,
        Repositories repositories,
        Environment environment,
        Function<String, StackConfig> reader,
        Notifier notifier,
        NotificationHistory history,
        Channels channels,
        Access access,
        DownloadLinks links,
        LiveSettings settings,
        RecoveryCodes recoveryCodes,
        Supplier<List<WarningView>> warnings,
        InstantSource clock) {}
