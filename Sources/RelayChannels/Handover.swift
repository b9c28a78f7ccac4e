public import PosixIO

/// A connection on its way from the master to a worker.
public struct WaitingConnection: Sendable {
    /// Unique in the cluster.
    public let number: UInt64
    /// Owned by whoever holds this, until it is across.
    public let descriptor: Int32

    /// Takes ownership of an accepted connection.
    public init(number: UInt64, descriptor: consuming Descriptor) {
        self.number = number
        self.descriptor = descriptor.release()
    }

    /// Closes one that will not be handed over.
    public func discard() { _ = Descriptor(owning: descriptor) }
}

/// The connections that one read of the data channel brought, each with its descriptor.
public struct ConnectionArrivals: ~Copyable {
    private var numbers: [UInt64] = []
    private var descriptors: [Int32] = []
    private var taken = 0

    /// None yet.
    public init() {}

    deinit {
        for position in taken..<max(taken, descriptors.count) {
            _ = Descriptor(owning: descriptors[position])
        }
    }

    mutating func add(_ number: UInt64) { numbers.append(number) }

    mutating func add(_ descriptor: consuming Descriptor) { descriptors.append(descriptor.release()) }

    /// The next one, in order; its descriptor, the caller's to own, is nil where the kernel had to drop it.
    public mutating func next() -> (number: UInt64, descriptor: Int32?)? {
        guard taken < numbers.count else { return nil }
        defer { taken += 1 }
        return (numbers[taken], taken < descriptors.count ? descriptors[taken] : nil)
    }
}
