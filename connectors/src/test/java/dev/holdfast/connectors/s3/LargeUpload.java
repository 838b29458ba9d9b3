package dev.holdfast.connectors.s3;

import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Uploads one synthetic file to a server that discards it, and prints what was sent: {@code LargeUpload MIB MAX_PARTS [FOLDER]}. It
 * runs in a process of its own, whose heap says how much memory that takes at most.
 */
final class LargeUpload {
    private static final int MIB = 1 << 20;

    private LargeUpload() {}

    public static void main(String[] arguments) throws IOException {
        long mebibytes = Long.parseLong(arguments[0]);
        S3PlaceSettings settings = new S3PlaceSettings(
                OptionalLong.empty(),
                Integer.parseInt(arguments[1]),
                S3PlaceSettings.Checksum.MD5,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                arguments.length > 2 ? Optional.of(Path.of(arguments[2])) : Optional.empty());
        Instant began = Instant.now();
        try (DiscardingS3 server = new DiscardingS3();
                S3Place place = new S3Place(server.location(), settings, InstantSource.system())) {
            write(place, mebibytes);
            List<Long> parts = server.parts();
            boolean equal = IntStream.range(0, parts.size() - 1)
                            .allMatch(i -> parts.get(i).equals(parts.getFirst()))
                    && parts.getLast() <= parts.getFirst();
            long sent = parts.stream().mapToLong(Long::longValue).sum();
            System.out.println("sent=" + sent + " parts=" + parts.size() + " part=" + parts.getFirst() + " equal="
                    + equal + " heap=" + Runtime.getRuntime().maxMemory() / MIB + "MiB millis="
                    + (Instant.now().toEpochMilli() - began.toEpochMilli()));
        }
    }

    private static void write(S3Place place, long mebibytes) {
        FileFacts facts = new FileFacts("application/octet-stream", Map.of(), OptionalLong.of(mebibytes * MIB));
        byte[] block = new byte[MIB];
        try (ExportFile file = place.create(new FileName("large"), facts, false)) {
            file.preflight();
            for (long i = 0; i < mebibytes; i++) {
                block[(int) (i % MIB)]++;
                file.write(block, 0, block.length);
            }
            file.commit();
        }
    }
}
