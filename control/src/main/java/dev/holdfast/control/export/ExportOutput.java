package dev.holdfast.control.export;

import dev.holdfast.engine.source.ExportFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file that an export by command goes to, protected where that is asked for, with its digests in files beside, which are written when
 * it is whole. For one thread.
 */
public final class ExportOutput implements ExportFile {
    private final ExportFile file;
    private final List<Sidecar> sidecars;
    private Optional<Sum> sum = Optional.empty();

    /**
     * A file with the digest of another.
     *
     * @param named what the other is called beside it
     */
    public record Sidecar(Checksum checksum, String named, ExportFile file) {}

    /**
     * @param places what protects it
     * @param file what is written to; belongs to this from now on, as those of the sidecars do
     * @throws dev.holdfast.engine.error.HoldfastException if it cannot be protected in this way
     */
    public ExportOutput(ExportPlaces places, ExportFile file, Protection protection, List<Sidecar> sidecars) {
        Set<Checksum> checksums =
                Set.copyOf(sidecars.stream().map(Sidecar::checksum).toList());
        ExportFile summed = new SummedFile(file, checksums, whole -> sum = Optional.of(whole));
        this.file = protection.isNone() ? summed : places.protectedBy(protection, summed);
        this.sidecars = List.copyOf(sidecars);
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
            sidecar.file().write(line, 0, line.length);
            sidecar.file().commit();
        }
    }

    @Override
    public void close() {
        closeAll(sidecars.stream().map(Sidecar::file).toList());
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
