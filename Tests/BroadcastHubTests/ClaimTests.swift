import Testing

@testable import BroadcastHub

/// Who may speak for a signed identity: the table's nine cases, what crowds and thieves can do to it, and
/// random histories against a naive list.
@Suite struct ClaimTests {
    private func redeem(_ table: inout ClaimTable, _ id: String, _ stamp: UInt64, by instance: UInt64)
        -> Result<UInt32, ClaimRefusal>
    {
        Array(id.utf8).withUnsafeBytes { id in
            do throws(ClaimRefusal) {
                return .success(try table.redeem(id, IdentityClaim(stamp: stamp, instance: instance)))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test func theNineCases() throws {
        for (stamp, same, gone, speaking) in [
            (4, ClaimRefusal.replayed, ClaimRefusal.replayed, ClaimRefusal.replayed),
            (5, nil, .replayed, .replayed), (6, nil, nil, .inUse),
        ] as [(UInt64, ClaimRefusal?, ClaimRefusal?, ClaimRefusal?)] {
            for (instance, leaves, expected) in [(1, false, same), (2, true, gone), (2, false, speaking)]
                as [(UInt64, Bool, ClaimRefusal?)]
            {
                var table = ClaimTable(redeemed: 4, fresh: 4, speakers: 4, seed: 1)
                let number = try redeem(&table, "~a", 5, by: 1).get()
                if leaves { table.release(number) }
                switch redeem(&table, "~a", stamp, by: instance) {
                case .success: #expect(expected == nil, "\(stamp) by \(instance)")
                case .failure(let refusal): #expect(refusal == expected, "\(stamp) by \(instance)")
                }
            }
        }
    }

    @Test func whoHasBeenGoneForLongestIsForgottenFirst() throws {
        var table = ClaimTable(redeemed: 2, fresh: 1, speakers: 8, seed: 1)
        var numbers: [String: UInt32] = [:]
        for (stamp, id) in zip(5..., ["~a", "~b", "~c"]) {
            numbers[id] = try redeem(&table, id, UInt64(stamp), by: 1).get()
        }
        // Whoever speaks is remembered, however many there are.
        #expect(table.count == 3 && table.horizon == 0)
        for id in ["~b", "~a", "~c"] { table.release(numbers[id]!) }
        #expect(table.count == 2 && table.forgotten == 1 && table.horizon == 6)
        #expect(redeem(&table, "~a", 5, by: 2) == .failure(.replayed), "it is remembered")
        #expect(redeem(&table, "~b", 6, by: 2) == .failure(.forgotten), "and so is that it may be used")
        #expect(redeem(&table, "~new", 4, by: 2) == .failure(.forgotten))
        #expect(try redeem(&table, "~b", 7, by: 2).get() != ClaimTable.none)
        #expect(try redeem(&table, "~new", 0, by: 2).get() != ClaimTable.none, "a new identity has no token")
    }

    @Test func whoRedeemedNothingPushesOutNobodyWhoDid() throws {
        var table = ClaimTable(redeemed: 2, fresh: 2, speakers: 8, seed: 1)
        table.release(try redeem(&table, "~victim", 5, by: 1).get())
        for id in 0..<1_000 { table.release(try redeem(&table, "~\(id)", 0, by: 1).get()) }
        #expect(table.count == 3 && table.forgotten == 0 && table.horizon == 0)
        #expect(redeem(&table, "~victim", 5, by: 2) == .failure(.replayed))
        #expect(try redeem(&table, "~victim", 6, by: 2).get() != ClaimTable.none)
    }

    /// Somebody with a hundred connections, who makes identities and redeems their tokens, for as long as it
    /// takes to turn the whole table over and again.
    @Test func nothingBringsAUsedTokenBack() throws {
        let limits = HubLimits.standard
        var table = ClaimTable(
            redeemed: limits.claims, fresh: limits.freshClaims, speakers: limits.visitors, seed: 1)
        table.release(try redeem(&table, "~away", 1_000, by: 1).get())
        let present = try redeem(&table, "~present", 1_000, by: 1).get()
        // Those who redeem their own again and again take one place each.
        var clock: UInt64 = 2_000
        for _ in 0..<200 {
            for id in 0..<100 {
                clock += 1
                table.release(try redeem(&table, "~own\(id)", clock, by: 1).get())
            }
        }
        #expect(table.count == 102 && table.horizon == 0)
        for id in 0..<(limits.claims + 5_000) {
            clock += 1
            table.release(try redeem(&table, "~flood\(id)", clock, by: 1).get())
        }
        #expect(table.count == limits.claims + 1 && table.forgotten > 5_000)
        #expect(redeem(&table, "~away", 1_000, by: 2) == .failure(.forgotten), "a thief gets in nowhere")
        #expect(redeem(&table, "~away", 1_500, by: 2) == .failure(.forgotten), "its visitor comes back anew")
        #expect(redeem(&table, "~present", 1_000, by: 2) == .failure(.replayed))
        table.release(present)
        #expect(
            try redeem(&table, "~present", 1_500, by: 2).get() == present,
            "who goes to the next page now is known, however old the token is")
    }

    @Test func afterACrowdItIsAsSmallAsWhatIsLeft() throws {
        var table = ClaimTable(redeemed: 10, fresh: 10, speakers: 1_000, seed: 1)
        let numbers = try (1...1_000).map { try redeem(&table, "~\($0)", UInt64($0), by: 1).get() }
        for number in numbers.reversed() { table.release(number) }
        table.trim()
        #expect(table.count == 10 && table.numbersInUse == 10)
        #expect(redeem(&table, "~5", 5, by: 2) == .failure(.replayed))
        for stamp in 1_001...1_020 {
            table.release(try redeem(&table, "~\(stamp)", UInt64(stamp), by: 1).get())
        }
        #expect(table.count == 10 && redeem(&table, "~5", 5, by: 2) == .failure(.forgotten))
    }

    @Test func whoIsRefusedSaysNothingAndIsCounted() throws {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0)
        let channel = hub.openChannel(pid: 1)
        func join(slot: UInt32, _ stamp: UInt64, by instance: UInt64) -> JoinRefusal? {
            Array("~a".utf8).withUnsafeBytes {
                let claim = IdentityClaim(stamp: stamp, instance: instance)
                return hub.joined(channel: channel, slot: slot, id: $0, claim: claim, now: 0)
            }
        }
        #expect(join(slot: 0, 5, by: 1) == nil)
        #expect(join(slot: 1, 5, by: 2) == .claim(.replayed))
        #expect(join(slot: 2, 6, by: 2) == .claim(.inUse))
        for slot: UInt32 in 0...2 { hub.sample(channel, slot: slot, now: 0) }
        for slot: UInt32 in [2, 1] { hub.left(channel: channel, slot: slot, now: 0) }
        #expect(hub.counters.relayed == 1 && hub.counters.droppedUnidentified == 2)
        #expect(hub.counters.dropped == 2 && hub.counters.kills == 0 && hub.counters.present == 1)
        #expect(hub.counters.refusedIdentities(.replayed) == 1)
        #expect(hub.counters.refusedIdentities(.inUse) == 1)
        // One that said bye speaks no more, although the visitor is present still.
        hub.left(channel: channel, slot: 0, mayReturn: true, now: 0)
        #expect(hub.counters.present == 1)
        #expect(join(slot: 2, 6, by: 2) == nil)
        #expect(hub.counters.joins == 1 && hub.counters.returns == 1)
    }

    @Test func thousandsOfHistoriesAgreeWithTheList() {
        for seed in 0..<400 as Range<UInt64> {
            var history = ClaimHistory(seed: seed, fault: .none)
            if let difference = history.firstDifference(steps: 120) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
    }

    #if DEBUG
        @Test(arguments: Mistake.ofClaims)
        func everyMistakeIsCaught(fault: HubFault) {
            let isNoticed = (0..<300 as Range<UInt64>).contains { seed in
                var history = ClaimHistory(seed: seed, fault: fault)
                return history.firstDifference(steps: 120) != nil
            }
            #expect(isNoticed, "\(fault) was not noticed")
        }
    #endif
}
