import CPointerscopeShims

extension ProcessMemory {
    /// Gives what malloc(3) keeps of freed memory back to the kernel (malloc_trim(3)); it walks the heap.
    public static func releaseFreeHeap() { ps_release_free_heap() }

    /// Has malloc(3) map every block of 1 MiB and more apart, for the life of the process.
    ///
    /// Left to itself it raises that bound to the largest block that was freed. A large table that is made
    /// anew, and hardly touched, would then be cleared in the heap, and every page of it would be taken.
    public static func keepLargeBlocksApart() { ps_keep_large_blocks_apart() }
}
