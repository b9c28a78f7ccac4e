import AccessControl
import ByteCore
import ControlWire
import RelayWire
import Telemetry
import ViewerGateway

extension FuzzTarget {
    /// What a program leaves to its successor: the first byte says which record the others are. Refused, or
    /// written again as it was read.
    static let carried = FuzzTarget(
        name: "carried", longestInput: 1_024,
        seeds: {
            [
                seed(0, Grant()), seed(1, CarriedAuthority()), seed(2, CarriedSession()),
                seed(3, CarriedGateway()), seed(4, CarriedLines()),
                seed(5, RelayReader(from: .worker).carried ?? CarriedReader()),
            ]
        }
    ) { input in
        guard let kind = input.first else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        switch kind {
        case 0: return fault(Grant(), bytes)
        case 1: return fault(CarriedAuthority(), bytes)
        case 2: return fault(CarriedSession(), bytes)
        case 3: return fault(CarriedGateway(), bytes)
        case 4: return fault(CarriedLines(), bytes)
        case 5: return fault(CarriedReader(), bytes)
        default: return nil
        }
    }

    private static func fault<Record: Carriable>(
        _ record: Record, _ bytes: UnsafeRawBufferPointer
    ) -> String? {
        var record = record
        var reader = Carrier(reading: bytes)
        do throws(CarryFault) {
            try record.carry(with: &reader)
        } catch {
            return nil
        }
        guard reader.rest.isEmpty else { return nil }
        let again = written(record)
        return again.elementsEqual(bytes) ? nil : "\(again) is written of what was read"
    }

    private static func written<Record: Carriable>(_ record: Record) -> [UInt8] {
        var record = record
        var writer = Carrier()
        do throws(CarryFault) { try record.carry(with: &writer) } catch { return [] }
        return Array(writer.written)
    }

    private static func seed<Record: Carriable>(_ kind: UInt8, _ record: Record) -> [UInt8] {
        [kind] + written(record)
    }
}
