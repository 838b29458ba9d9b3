package dev.holdfast.demo.shop;

/**
 * How much the shop holds.
 *
 * @param customers rows of the customer table
 * @param products rows with a picture of 4 KB each
 * @param orders rows, spread over twelve partitions
 * @param events rows with some 300 bytes of JSON each
 * @param documents rows with 24 KB of noise each
 * @param objects objects in the bucket
 * @param largestObjectBytes size of the one object that goes up in parts
 * @param files ordinary files in the folder, awkward ones apart
 */
public record ShopSize(
        int customers,
        int products,
        int orders,
        int events,
        int documents,
        int objects,
        long largestObjectBytes,
        int files) {
    /** A tenth of the usual shop, for a quick look. */
    public static final ShopSize SMALL = new ShopSize(2_000, 200, 10_000, 10_000, 150, 300, 12L << 20, 200);

    /** More than 300 MB: 170 MB of database, 3,000 objects up to 64 MB, 1,500 files. */
    public static final ShopSize NORMAL = new ShopSize(20_000, 2_000, 120_000, 120_000, 1_500, 3_000, 64L << 20, 1_500);
}
