public import ByteCore

/// What is written of a record.
public func carriedBytes<Record: Carriable>(_ record: Record) -> [UInt8] {
    var record = record
    var carrier = Carrier()
    do throws(CarryFault) { try record.carry(with: &carrier) } catch { return [] }
    return Array(carrier.written)
}

/// What a successor reads of these bytes, all of them; nil where it refuses.
public func carried<Record: Carriable>(_ type: Record.Type, _ bytes: [UInt8]) -> Record? {
    bytes.withUnsafeBytes { bytes in
        var record = Record()
        var carrier = Carrier(reading: bytes)
        do throws(CarryFault) {
            try record.carry(with: &carrier)
            return carrier.rest.isEmpty ? record : nil
        } catch {
            return nil
        }
    }
}

/// The record as a successor has it.
public func handedOver<Record: Carriable>(_ record: Record) -> Record? {
    carried(Record.self, carriedBytes(record))
}

/// Where something is wrong with how a record is read: cut off anywhere it has to be refused, and whatever
/// byte of it is another, nothing worse may come of it.
public func faultOfReading<Record: Carriable>(_ record: Record) -> String? {
    let bytes = carriedBytes(record)
    guard let again = carried(Record.self, bytes) else { return "it is not read" }
    guard carriedBytes(again) == bytes else { return "it is written otherwise again" }
    for count in bytes.indices where carried(Record.self, Array(bytes[..<count])) != nil {
        return "the first \(count) of \(bytes.count) bytes are taken for all"
    }
    guard carried(Record.self, bytes + [0]) == nil else { return "a byte behind its end is taken" }
    for place in bytes.indices {
        for flip: UInt8 in [0x01, 0x80, 0xFF] {
            var other = bytes
            other[place] ^= flip
            guard let read = carried(Record.self, other) else { continue }
            _ = carriedBytes(read)
        }
    }
    return nil
}
