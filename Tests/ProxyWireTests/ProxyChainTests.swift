import ByteCore
import HTTPWire
import ProxyWire
import TestSupport
import Testing

/// A request on its way through proxies, each of which appends whom it was reached by, behind what its sender
/// had written there itself.
private struct Chain {
    let fields: String
    /// Who is at the other end of the connection, and who sent the request.
    let peer: String
    let sender: String

    static let proxies = ["10.0.0.0/8", "fd00::/8"]

    init(_ random: inout SplitMix64) {
        let isInside = random.once(in: 6)
        let sender = isInside ? Self.insider(&random) : Self.stranger(&random)
        self.sender = sender
        // What a sender writes: strangers, proxies, nonsense.
        var lines: [[String]] = []
        for _ in 0..<random.below(3) {
            // Who is one of the proxies is believed, and so says nothing but the truth.
            if isInside { break }
            lines.append(
                (0...random.below(3)).map { _ in
                    [Self.stranger(&random), Self.insider(&random), "nonsense", "unknown"][random.below(4)]
                })
        }
        var last = sender
        for _ in 0...random.below(4) {
            // A proxy writes a line of its own or goes on with the last one.
            if lines.isEmpty || random.once(in: 3) { lines.append([]) }
            lines[lines.count - 1].append(last)
            last = Self.insider(&random)
        }
        peer = last
        fields = lines.map { "X-Forwarded-For: \($0.joined(separator: ", "))\r\n" }.joined()
    }

    private static func stranger(_ random: inout SplitMix64) -> String {
        random.once(in: 2) ? "192.0.2.\(random.below(250))" : "2001:db8::\(1 + random.below(900))"
    }

    private static func insider(_ random: inout SplitMix64) -> String {
        random.once(in: 2) ? "10.0.\(random.below(9)).\(random.below(250))" : "fd00::\(1 + random.below(900))"
    }
}

@Suite struct ProxyChainTests {
    @Test func whateverASenderWritesItIsNamed() throws {
        var random = SplitMix64(seed: 9)
        for _ in 0..<5_000 {
            let chain = Chain(&random)
            let found = try client(
                chain.fields, over: .peer(.ip(address(chain.peer))), trusting: Chain.proxies)
            #expect(found == chain.sender, "\(chain.fields)")
        }
    }

    /// Ways to read a list that are wrong, each of which the chains have to tell from the right one.
    @Test(arguments: ["leftmost", "first stranger", "rightmost", "last line", "first line", "one hop"])
    func chainsTellWrongReadings(way: String) throws {
        var random = SplitMix64(seed: 9)
        let proxies = try TrustedProxies(parsing: Chain.proxies)
        var wrong = 0
        for _ in 0..<500 {
            let chain = Chain(&random)
            let lines = chain.fields.split(separator: "\r\n").map {
                $0.dropFirst(17).split(separator: ",").map { String($0.drop { $0 == " " }) }
            }
            let all = lines.flatMap { $0 }
            func isStranger(_ text: String) -> Bool { IPAddress(text).map { !proxies.contains($0) } ?? true }
            let found =
                switch way {
                case "leftmost": all.first
                case "first stranger": all.first(where: isStranger) ?? all.first
                case "rightmost": all.last
                case "last line": lines.last?.last(where: isStranger) ?? lines.last?.first
                case "first line": lines.first?.last(where: isStranger) ?? lines.first?.first
                default: all.dropLast().last ?? all.last
                }
            if found != chain.sender { wrong += 1 }
        }
        #expect(wrong > 20, "\(way) passes for right")
    }
}
