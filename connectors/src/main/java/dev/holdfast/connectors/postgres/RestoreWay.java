package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;

/** One way of bringing a part into a server. Used once, by one thread. */
interface RestoreWay {
    /** Says what it would do and what is in its way; changes nothing. */
    void plan(Session admin, RestorePlan.Builder plan) throws Exception;

    /** Does it. If it fails it leaves nothing behind, or says what and how to remove it. */
    RestoreReport run(Progress progress) throws Exception;
}
