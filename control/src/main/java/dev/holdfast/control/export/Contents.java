package dev.holdfast.control.export;

import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.util.Optional;
import java.util.function.Function;

/** Gives out what is exported of one snapshot. */
public interface Contents {
    PartReader read(Part part);

    /** Does the work for a part as a step of a run. */
    <T> T step(Part part, Function<Progress, T> work);

    /** The name of the part's database, if it is one and that is known. */
    Optional<String> database(Part part);

    /** The name of the part's bucket, if it is one and that is known. */
    Optional<String> bucket(Part part);

    static boolean isDatabase(Part part) {
        return part.kind().equals(PostgresConfig.KIND);
    }
}
