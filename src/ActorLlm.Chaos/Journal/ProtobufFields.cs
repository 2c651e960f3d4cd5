using Google.Protobuf;

namespace ActorLlm.Chaos.Journal;

/// <summary>The fields of one protobuf message by number, as far as the journal uses the format.</summary>
internal sealed class ProtobufFields
{
    private readonly List<(int Number, long Value, ByteString? Bytes)> _fields = [];

    private ProtobufFields()
    {
    }

    /// <exception cref="InvalidProtocolBufferException">The bytes are no protobuf message.</exception>
    public static ProtobufFields Read(byte[] message)
    {
        var result = new ProtobufFields();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag && tag != 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            result._fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => (number, input.ReadInt64(), null),
                WireFormat.WireType.Fixed64 => (number, (long)input.ReadFixed64(), null),
                WireFormat.WireType.LengthDelimited => (number, 0, input.ReadBytes()),
                var other => throw new InvalidDataException($"Field {number} has the wire type {other}, which the journal does not use."),
            });
        }
        return result;
    }

    /// <summary>A number; 0 where the field is absent, which is how proto3 writes 0.</summary>
    public long Number(int number) => _fields.FindLast(field => field.Number == number).Value;

    /// <summary>A text; empty where the field is absent.</summary>
    public string Text(int number) => _fields.FindLast(field => field.Number == number).Bytes?.ToStringUtf8() ?? "";

    /// <summary>A message; without fields where it is absent.</summary>
    public ProtobufFields Message(int number) => Messages(number).LastOrDefault() ?? new ProtobufFields();

    public IEnumerable<ProtobufFields> Messages(int number) =>
        _fields.Where(field => field.Number == number && field.Bytes is not null).Select(field => Read(field.Bytes!.ToByteArray()));
}
