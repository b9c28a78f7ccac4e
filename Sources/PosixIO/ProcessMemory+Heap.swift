import CPointerscopeShims

extension ProcessMemory {
    /// Gives what malloc(3) keeps of freed memory back to the kernel (malloc_trim(3)); it walks the heap.
    public static func releaseFreeHeap() { ps_release_free_heap() }
}
