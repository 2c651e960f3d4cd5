using System.Runtime.Serialization;
using ActorLlm.Domain.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace ActorLlm.Serialization.Tests;

public class DamagedBytesTests
{
    /// <summary>One way to damage bytes: at about this place, to this value, or cut off there.</summary>
    public sealed record Damage(int Place, byte Value, bool Cut);

    public static TheoryData<string> Manifests => RoundTripTests.Manifests;

    [Theory]
    [InlineData("zz9")]
    [InlineData("")]
    [InlineData("TA1")]
    public void An_unknown_manifest_is_named_and_the_way_out_told(string manifest)
    {
        var error = Assert.Throws<SerializationException>(() => Wire.Read([], manifest));

        Assert.Contains($"'{manifest}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("upgrade", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_outside_the_table_is_named()
    {
        Assert.Contains("System.Version", Assert.Throws<SerializationException>(() => Wire.Write(new Version())).Message, StringComparison.Ordinal);
        Assert.Contains(
            "System.Version", Assert.Throws<SerializationException>(() => Wire.Serializer.Manifest(new Version())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Bytes_that_are_no_protobuf_are_refused_under_every_manifest(string manifest)
    {
        var error = Assert.Throws<SerializationException>(() => Wire.Read([0xFF, 0xFF, 0xFF], manifest));

        Assert.Contains($"'{manifest}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Bytes_without_what_a_message_needs_are_refused(string manifest)
    {
        // All fields of these are numbers or lists, for which nothing written means zero or empty.
        if (manifest is "cs1" or "lr1" or "gw1" or "wl1" or "gs1" or "dn1" or "rn1" or "ns1" or "gu1" or "ul1" or "gk1" or "kl1" or "gp1" or "cp1") Assert.NotNull(Wire.Read([], manifest));
        else Assert.Throws<SerializationException>(() => Wire.Read([], manifest));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Damaged_bytes_are_read_or_refused_and_nothing_else(string manifest)
    {
        var type = Assert.Single(WireTypes.All, type => type.Manifest == manifest);
        var damage =
            from place in Gen.Choose(0, 9999)
            from value in Gen.Choose(0, 255)
            from cut in Gen.Elements(true, false, false)
            select new Damage(place, (byte)value, cut);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Values.Of[type.Type].ToArbitrary(), damage.ArrayOf().ToArbitrary(), (value, damages) =>
            {
                var bytes = damages.Aggregate(Wire.Write(value), Do);
                try
                {
                    Assert.IsType(type.Type, Wire.Read(bytes, manifest));
                }
                catch (SerializationException)
                {
                }
            }));
    }

    [Theory]
    [InlineData(double.MaxValue)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_latency_that_is_no_time_is_refused(double milliseconds) =>
        Assert.Throws<SerializationException>(() => Wire.Read([0x19, .. BitConverter.GetBytes(milliseconds)], "lr1"));

    [Fact]
    public void A_time_beyond_the_calendar_is_refused() =>
        Assert.Throws<SerializationException>(() => Wire.Read([0x0A, 0x01, (byte)'t', 0x10, .. Varint(long.MaxValue)], "ra1"));

    [Fact]
    public void Half_a_message_is_not_taken_for_a_whole_one()
    {
        var bytes = Wire.Write(Some.Submit("t1", "Hello"));

        Assert.Throws<SerializationException>(() => Wire.Read(bytes[..(bytes.Length / 2)], "st1"));
    }

    private static byte[] Do(byte[] bytes, Damage damage)
    {
        if (bytes.Length == 0) return bytes;
        var place = damage.Place % bytes.Length;
        if (damage.Cut) return bytes[..place];
        byte[] damaged = [.. bytes];
        damaged[place] = damage.Value;
        return damaged;
    }

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value > 0x7F; value >>= 7) yield return (byte)(value & 0x7F | 0x80);
        yield return (byte)value;
    }
}
