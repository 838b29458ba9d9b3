package dev.holdfast.engine.store;

final class MemoryStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore emptyStore() {
        return new MemoryStore();
    }
}
