package dev.holdfast.control.export;

import dev.holdfast.engine.source.ExportFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The file that an export by command goes to, protected where that is asked for, with its digests and a manifest in files beside, which
 * are written when it is whole. For one thread.
 */
public final class ExportOutput implements ExportFile {
    private final ExportFile file;
    private final List<Sidecar> sidecars;
    private final Optional<Beside> manifest;
    private final boolean encrypted;
    private Optional<Sum> sum = Optional.empty();
    private Optional<Exported> exported = Optional.empty();

    /**
     * A file with the digest of another.
     *
     * @param named what the other is called beside it
     */
    public record Sidecar(Checksum checksum, String named, ExportFile file) {}

    /**
     * A file that tells of another.
     *
     * @param named what the other is called beside it
     */
    public record Beside(String named, ExportFile file) {}

    /**
     * @param places what protects it
     * @param file what is written to; belongs to this from now on, as those of the sidecars and the manifest do
     * @param manifest tells what the file is, once that was {@linkplain #describe said}
     * @throws dev.holdfast.engine.error.HoldfastException if it cannot be protected in this way
     */
    public ExportOutput(
            ExportPlaces places,
            ExportFile file,
            Protection protection,
            List<Sidecar> sidecars,
            Optional<Beside> manifest) {
        Set<Checksum> checksums = Stream.concat(
                        sidecars.stream().map(Sidecar::checksum),
                        manifest.stream().map(_ -> Checksum.SHA256))
                .collect(Collectors.toSet());
        ExportFile summed = new SummedFile(file, checksums, whole -> sum = Optional.of(whole));
        this.file = protection.isNone() ? summed : places.protectedBy(protection, summed);
        this.sidecars = List.copyOf(sidecars);
        this.manifest = manifest;
        this.encrypted = protection.encrypts();
    }

    /** Whether it has to be {@linkplain #describe said} what it is made from. */
    public boolean hasManifest() {
        return manifest.isPresent();
    }

    /** Says what the file is made from, before the commit. */
    public void describe(Exported what) {
        exported = Optional.of(what);
    }

    /**
     * Its length.
     *
     * @throws IllegalStateException before the commit
     */
    public long bytes() {
        return whole().bytes();
    }

    private Sum whole() {
        return sum.orElseThrow(() -> new IllegalStateException("not committed"));
    }

    @Override
    public String location() {
        return file.location();
    }

    @Override
    public void preflight() {
        file.preflight();
        sidecars.forEach(sidecar -> sidecar.file().preflight());
        manifest.ifPresent(beside -> beside.file().preflight());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        file.write(bytes, offset, length);
    }

    @Override
    public boolean seekable() {
        return file.seekable();
    }

    @Override
    public boolean changeable() {
        return file.changeable();
    }

    @Override
    public void patch(long position, byte[] bytes) {
        file.patch(position, bytes);
    }

    @Override
    public int read(long position, byte[] bytes) {
        return file.read(position, bytes);
    }

    @Override
    public void commit() {
        file.commit();
        for (Sidecar sidecar : sidecars) {
            byte[] line = sidecar.checksum()
                    .line(whole().digest(sidecar.checksum()), sidecar.named())
                    .getBytes(StandardCharsets.UTF_8);
            write(line, sidecar.file());
        }
        manifest.ifPresent(beside -> write(
                Manifest.write(
                        exported.orElseThrow(() -> new IllegalStateException("not described")),
                        beside.named(),
                        location(),
                        encrypted,
                        whole()),
                beside.file()));
    }

    private static void write(byte[] text, ExportFile to) {
        to.write(text, 0, text.length);
        to.commit();
    }

    @Override
    public void close() {
        closeAll(Stream.concat(
                        sidecars.stream().map(Sidecar::file), manifest.stream().map(Beside::file))
                .toList());
    }

    private void closeAll(List<ExportFile> others) {
        if (others.isEmpty()) {
            file.close();
            return;
        }
        try {
            others.getFirst().close();
        } finally {
            closeAll(others.subList(1, others.size()));
        }
    }
}
