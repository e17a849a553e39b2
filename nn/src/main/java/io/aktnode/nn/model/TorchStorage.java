package io.aktnode.nn.model;

/**
 * A block of numbers in a PyTorch archive, which several tensors may view.
 *
 * @param key name of its entry below {@code data/}
 * @param count elements
 */
record TorchStorage(ElementType type, String key, long count) {

    TorchStorage {
        if (count < 0 || count > (Integer.MAX_VALUE - 8) / type.bytes()) {
            throw new IllegalArgumentException(
                    "storage " + key + " of " + count + " elements is not within 0 to 2 GB");
        }
    }

    int bytes() {
        return (int) count * type.bytes();
    }
}
