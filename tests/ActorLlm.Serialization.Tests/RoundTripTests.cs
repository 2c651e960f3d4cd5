using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Tests.Properties;
using FsCheck;
using FsCheck.Fluent;

namespace ActorLlm.Serialization.Tests;

public class RoundTripTests
{
    public static TheoryData<string> Manifests => [.. WireTypes.All.Select(type => type.Manifest)];

    public static TheoryData<string> Events =>
        [.. WireTypes.All.Where(type => type.Type.IsAssignableTo(typeof(ConversationEvent))).Select(type => type.Manifest)];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void What_is_read_is_what_was_written(string manifest)
    {
        var type = Assert.Single(WireTypes.All, type => type.Manifest == manifest);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(Values.Of[type.Type].ToArbitrary(), value =>
            {
                Assert.Equal(manifest, Wire.Serializer.Manifest(value));
                var read = Wire.Read(Wire.Write(value), manifest);
                Assert.IsType(value.GetType(), read);
                Structure.Equal(value, read);
            }));
    }

    [Fact]
    public void A_content_has_the_same_fingerprint_after_its_way_through_the_wire() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(Values.Of[typeof(TurnAccepted)].ToArbitrary(), value =>
            {
                var content = ((TurnAccepted)value).Content;
                return Wire.Through((TurnAccepted)value).Content.Fingerprint() == content.Fingerprint();
            }));

    [Fact]
    public void Nothing_and_zero_are_told_apart()
    {
        var settings = new GenerationSettings(0, 0, 0, 0, 0, 0, []);
        var content = TurnContent.Of("x") with { Settings = settings };

        Assert.Equal(settings, Wire.Through(new TurnAccepted(TurnId.Parse("t"), content, null, DateTimeOffset.UnixEpoch)).Content.Settings);
        Assert.NotEqual(GenerationSettings.Default, settings);
    }

    [Fact]
    public void An_array_that_was_never_set_is_written_as_an_empty_one()
    {
        var content = new TurnContent("m", default, GenerationSettings.Default with { Seed = 1, Stop = default });
        var read = Wire.Through(new TurnAccepted(TurnId.Parse("t"), content, null, DateTimeOffset.UnixEpoch)).Content;

        Assert.Equal(content, read);
        Assert.False(read.Messages.IsDefault || read.Settings.Stop.IsDefault);
    }

    // The events of one turn are found in the journal by it.
    [Theory]
    [MemberData(nameof(Events))]
    public void Every_event_begins_with_the_id_of_its_turn(string manifest) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200),
            Prop.ForAll(Values.Of[WireTypes.All.Single(type => type.Manifest == manifest).Type].ToArbitrary(), value =>
            {
                var id = System.Text.Encoding.ASCII.GetBytes(((ConversationEvent)value).Turn.Value);
                byte[] length = id.Length < 128 ? [(byte)id.Length] : [(byte)(id.Length % 128 + 128), (byte)(id.Length / 128)];
                Assert.Equal([0x0A, .. length, .. id], Wire.Write(value).Take(1 + length.Length + id.Length));
            }));
}
