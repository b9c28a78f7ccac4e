import PosixIO
import Testing

/// What a descriptor is watched for, in a byte.
@Suite struct PackedInterestTests {
    @Test func everyInterestComesBackAsItWas() {
        #expect(MemoryLayout<PackedInterest>.size == 1)
        #expect(PackedInterest().interest.isEmpty)
        let all: [Interest] = [.readable, .writable, .peerClosed, .urgent, .onlyNews]
        for bits in 0..<32 {
            var interest = Interest()
            for (place, one) in all.enumerated() where bits >> place & 1 != 0 { interest.insert(one) }
            #expect(PackedInterest(interest).interest == interest)
        }
    }
}
