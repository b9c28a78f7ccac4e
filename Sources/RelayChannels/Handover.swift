public import PosixIO

/// A connection on its way from the master to a worker.
public struct WaitingConnection: Sendable {
    /// Unique in the cluster.
    public let number: UInt64
    /// Owned by whoever holds this, until it is across; nil of visitors without a connection.
    public let descriptor: Int32?
    /// What the worker that had it before said of it; nil of one that nobody had.
    public let state: [UInt8]?

    /// Takes ownership of an accepted connection.
    public init(number: UInt64, descriptor: consuming Descriptor) {
        self.number = number
        self.descriptor = descriptor.release()
        state = nil
    }

    /// Takes ownership of a connection that another worker had, if there is one.
    public init(number: UInt64, descriptor: Int32?, state: [UInt8]) {
        self.number = number
        self.descriptor = descriptor
        self.state = state
    }

    /// Closes one that will not be handed over.
    public func discard() {
        if let descriptor { _ = Descriptor(owning: descriptor) }
    }
}

/// A connection that the master handed over.
public struct ArrivedConnection {
    public let number: UInt64
    /// The receiver's to own; nil where the kernel had to drop it, and of visitors without a connection.
    public let descriptor: Int32?
    /// What the worker that had it before said of it; nil of one that nobody had.
    public let state: [UInt8]?
    /// Whether no descriptor belongs to it.
    public let isAlone: Bool
}

/// The connections that one read of the data channel brought, each with its descriptor.
public struct ConnectionArrivals: ~Copyable {
    private var connections: [ArrivedConnection] = []
    private var taken = 0
    /// Whether some of them come from other workers, each with a message of its own.
    public private(set) var haveMoved = false

    /// None yet.
    public init() {}

    deinit {
        for position in taken..<max(taken, connections.count) {
            if let descriptor = connections[position].descriptor { _ = Descriptor(owning: descriptor) }
        }
    }

    mutating func add(_ connection: ArrivedConnection) {
        connections.append(connection)
        if connection.state != nil { haveMoved = true }
    }

    /// The next one, in order.
    public mutating func next() -> ArrivedConnection? {
        guard taken < connections.count else { return nil }
        defer { taken += 1 }
        return connections[taken]
    }
}

/// Descriptors that came with messages and whose records are not read yet.
///
/// The kernel gives the descriptors of a message with its first byte, and never those of two at once. Where
/// it has to drop some, those of the next message are not taken for them: each message is a group, which
/// the first of its records begins.
public struct PassedDescriptors: ~Copyable {
    private var numbers: ContiguousArray<Int32> = []
    private var taken = 0
    /// Where the group of the record in hand ends, and where the later ones do.
    private var end = 0
    private var ends: ContiguousArray<Int> = []

    /// None yet.
    public init() {}

    deinit { for position in taken..<numbers.count { _ = Descriptor(owning: numbers[position]) } }

    /// How many wait.
    public var count: Int { numbers.count - taken }

    mutating func add(_ descriptor: consuming Descriptor) { numbers.append(descriptor.release()) }

    /// All that were added since the last call came with one message, of which some may have been dropped.
    mutating func endGroup() { ends.append(numbers.count) }

    /// The descriptor of the next record, the caller's to own; nil where the kernel had to drop it, or none
    /// came. `isFirst` of the records of its message.
    public mutating func next(isFirst: Bool) -> Int32? {
        if isFirst {
            while taken < end { closeNext() }
            guard !ends.isEmpty else { return nil }
            end = ends.removeFirst()
        }
        guard taken < end else { return nil }
        defer {
            taken += 1
            if taken == numbers.count { clear() }
        }
        return numbers[taken]
    }

    private mutating func closeNext() {
        _ = Descriptor(owning: numbers[taken])
        taken += 1
    }

    private mutating func clear() {
        numbers.removeAll(keepingCapacity: true)
        taken = 0
        end = 0
        for place in ends.indices { ends[place] = 0 }
    }
}
