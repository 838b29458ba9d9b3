package dev.holdfast.demo.shop;

/**
 * How much a part of the shop holds.
 *
 * @param count rows, objects or files
 * @param bytes their size
 */
public record Holding(long count, long bytes) {}
