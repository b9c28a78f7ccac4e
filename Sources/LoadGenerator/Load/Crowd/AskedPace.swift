/// How often a server wants a visitor to sample and to tell, and when that is next.
struct AskedPace: BitwiseCopyable {
    /// Samples a second; 0 for what tells of presence alone.
    private(set) var rate: UInt8 = 0
    /// Between two messages.
    private(set) var batchNanoseconds: Int64 = 1_000_000_000
    /// When the next message is due, and the next sample: nanoseconds of the run.
    private(set) var nextMessage: Int64 = 0
    private(set) var nextSample: Int64 = 0

    /// Between two samples.
    private var gapNanoseconds: Int64 { rate == 0 ? batchNanoseconds : 1_000_000_000 / Int64(rate) }

    /// Takes up what the server asks for.
    mutating func ask(for rate: UInt8, every milliseconds: UInt32) {
        self.rate = rate
        batchNanoseconds = Int64(max(milliseconds, 1)) * 1_000_000
    }

    /// Begins anew at a moment of the run; `phase`, from 0 to 1, keeps visitors apart who are told at once.
    mutating func begin(at nanoseconds: Int64, phase: Double) {
        nextMessage = nanoseconds &+ Int64(Double(batchNanoseconds) * phase)
        nextSample = nanoseconds &+ Int64(Double(gapNanoseconds) * phase)
    }

    /// When the next sample is due that belongs into the message of `due`; nil where none does.
    mutating func takeSample(before due: Int64) -> Int64? {
        guard rate > 0, nextSample <= due else { return nil }
        defer { nextSample &+= gapNanoseconds }
        return nextSample
    }

    /// The message of `due` is made; samples that did not fit in are left out, as a page does.
    mutating func endMessage(_ due: Int64) {
        nextMessage = due &+ batchNanoseconds
        nextSample = max(nextSample, due &+ 1)
    }
}
