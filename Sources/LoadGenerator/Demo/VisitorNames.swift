/// Ids a person can tell apart at a glance: `brisk-otter`, `mellow-heron`.
struct VisitorNames {
    private static let tempers = [
        "amber", "bold", "brisk", "calm", "clever", "cosy", "curious", "dapper", "eager", "fancy", "gentle",
        "jolly", "keen", "lively", "lucky", "mellow", "nimble", "plucky", "quiet", "rapid", "sunny", "swift",
        "tidy", "witty",
    ]
    private static let animals = [
        "badger", "beaver", "bison", "crane", "dolphin", "falcon", "ferret", "finch", "fox", "gecko",
        "heron", "ibis", "koala", "lemur", "lynx", "marten", "newt", "otter", "owl", "panda", "puffin",
        "raven", "seal", "wombat",
    ]
    private static var pairCount: Int { tempers.count * animals.count }
    /// Shares no factor with the number of pairs, so that stepping by it meets each once, neighbours apart.
    private static let stride = 229

    private let first: Int

    /// Another seed begins with another pair.
    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        first = random.index(below: Self.pairCount)
    }

    /// The id of the visitor at `index`; no two are the same, a number tells those apart that share a pair.
    func name(_ index: Int) -> String {
        let (round, place) = index.quotientAndRemainder(dividingBy: Self.pairCount)
        let pair = (first + place * Self.stride) % Self.pairCount
        let name = "\(Self.tempers[pair / Self.animals.count])-\(Self.animals[pair % Self.animals.count])"
        return round == 0 ? name : "\(name)-\(round + 1)"
    }
}
