package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

record StorageReport(List<Place> places) implements Report {
    /**
     * A destination.
     *
     * @param location where it is; empty if not even that could be told
     * @param freeBytes what it can still take, where somebody says
     * @param failure why it cannot be used
     */
    record Place(String name, String location, OptionalLong freeBytes, Optional<HoldfastException> failure) {}

    private Optional<HoldfastException> failure() {
        return places.stream().flatMap(place -> place.failure().stream()).findFirst();
    }

    @Override
    public Optional<ErrorCode> concern() {
        return failure().map(HoldfastException::code);
    }

    @Override
    public String problem() {
        return failure().map(Throwable::getMessage).orElse("");
    }

    @Override
    public String hint() {
        return failure().map(HoldfastException::hint).orElse("");
    }

    @Override
    public void text(Page page) {
        for (Place place : places) {
            place.failure()
                    .ifPresentOrElse(
                            failure -> page.bad("Destination '" + place.name() + "' CANNOT be used: "
                                    + Objects.requireNonNullElse(failure.getMessage(), "")),
                            () -> page.good("Destination '" + place.name() + "' can be read and written: "
                                    + place.location() + free(place)));
        }
    }

    private static String free(Place place) {
        return place.freeBytes().isPresent()
                ? ", " + Format.bytes(place.freeBytes().getAsLong()) + " free"
                : "";
    }

    @Override
    public void json(Json json) {
        json.objects("destinations", places, (Place place) -> {
            json.field("name", place.name())
                    .field("location", place.location())
                    .field("usable", place.failure().isEmpty());
            place.freeBytes().ifPresent(free -> json.field("freeBytes", free));
            place.failure()
                    .ifPresent(failure -> json.error(
                            failure.code(), Objects.requireNonNullElse(failure.getMessage(), ""), failure.hint()));
        });
    }
}
