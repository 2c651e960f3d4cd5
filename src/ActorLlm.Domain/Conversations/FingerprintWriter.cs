using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>Length-prefixed fields into SHA-256, through one growing buffer.</summary>
internal sealed class FingerprintWriter : IDisposable
{
    private readonly MemoryStream _fields = new(512);

    public void Add(string text)
    {
        Add(Encoding.UTF8.GetByteCount(text));
        _fields.Write(Encoding.UTF8.GetBytes(text));
    }

    public void Add(long? value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = value is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], value ?? 0);
        _fields.Write(bytes);
    }

    public void Add(double? value) => Add(value is { } number ? BitConverter.DoubleToInt64Bits(number) : null);

    public UInt128 Finish()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_fields.GetBuffer().AsSpan(0, (int)_fields.Length), digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    public void Dispose() => _fields.Dispose();
}
