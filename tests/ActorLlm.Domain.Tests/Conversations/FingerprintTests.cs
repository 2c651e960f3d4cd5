using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class FingerprintTests
{
    private static readonly TurnContent Plain = new(
        "model", [new Message(Role.System, "ab"), new Message(Role.User, "c")], GenerationSettings.Default);

    [Fact]
    public void Equal_contents_have_equal_fingerprints_and_hash_codes()
    {
        var same = new TurnContent(
            "model", [new Message(Role.System, "ab"), new Message(Role.User, "c")], GenerationSettings.Default with { Stop = [] });

        Assert.Equal(Plain, same);
        Assert.Equal(Plain.Fingerprint(), same.Fingerprint());
        Assert.Equal(Plain.GetHashCode(), same.GetHashCode());
    }

    [Fact]
    public void Every_field_makes_a_difference()
    {
        var settings = GenerationSettings.Default;
        TurnContent[] contents =
        [
            Plain,
            Plain with { Model = "" },
            Plain with { Lineage = ["a"] },
            Plain with { Lineage = ["a", ""] },
            Plain with { Parent = new ParentStep(Conversation, Turn("t"), "k") },
            Plain with { Parent = new ParentStep(Conversation, Turn("t"), "l") },
            Plain with { Messages = [Plain.Messages[0]] },
            Plain with { Messages = [Plain.Messages[1], Plain.Messages[0]] },
            Plain with { Messages = [new Message(Role.Developer, "ab"), Plain.Messages[1]] },
            Plain with { Messages = [new Message(Role.System, "a"), new Message(Role.User, "bc")] },
            Plain with { Settings = settings with { Temperature = 0 } },
            Plain with { Settings = settings with { TopP = 0 } },
            Plain with { Settings = settings with { MaxOutputTokens = 0 } },
            Plain with { Settings = settings with { Seed = 0 } },
            Plain with { Settings = settings with { FrequencyPenalty = 0 } },
            Plain with { Settings = settings with { PresencePenalty = 0 } },
            Plain with { Settings = settings with { Stop = [""] } },
            Plain with { Settings = settings with { Stop = ["a", "b"] } },
            Plain with { Settings = settings with { Stop = ["ab"] } },
            With(new Message(Role.System, "ab") { Name = "c" }),
            With(new Message(Role.System, "ab") { ToolCallId = "c" }),
            With(new Message(Role.System, "ab") { Images = [new ImagePart(0, "u", "")] }),
            With(new Message(Role.System, "ab") { Images = [new ImagePart(1, "u", "")] }),
            With(new Message(Role.System, "ab") { Images = [new ImagePart(0, "u", "low")] }),
            With(new Message(Role.System, "ab") { ToolCalls = [new ToolCall("i", "n", "a")] }),
            With(new Message(Role.System, "ab") { ToolCalls = [new ToolCall("i", "na", "")] }),
            Plain with { Messages = [Plain.Messages[0], Plain.Messages[1] with { Name = "c" }] },
            Plain with { Settings = settings with { Tools = [new ToolDefinition("t", "", "", null)] } },
            Plain with { Settings = settings with { Tools = [new ToolDefinition("t", "d", "", null)] } },
            Plain with { Settings = settings with { Tools = [new ToolDefinition("t", "", "{}", null)] } },
            Plain with { Settings = settings with { Tools = [new ToolDefinition("t", "", "", false)] } },
            Plain with { Settings = settings with { Tools = [new ToolDefinition("t", "", "", true)] } },
            Plain with { Settings = settings with { ToolChoice = new ToolChoice(ToolChoiceKind.Auto, "") } },
            Plain with { Settings = settings with { ToolChoice = new ToolChoice(ToolChoiceKind.Named, "t") } },
            Plain with { Settings = settings with { ParallelToolCalls = false } },
            Plain with { Settings = settings with { ParallelToolCalls = true } },
            Plain with { Settings = settings with { Format = new ReplyFormat(ReplyFormatKind.JsonObject, "", "", "", null) } },
            Plain with { Settings = settings with { Format = new ReplyFormat(ReplyFormatKind.JsonSchema, "n", "", "{}", null) } },
            Plain with { Settings = settings with { Format = new ReplyFormat(ReplyFormatKind.JsonSchema, "n", "", "{}", true) } },
            Plain with { Settings = settings with { PassOn = "{}" } },
        ];

        Assert.Equal(contents.Length, contents.Distinct().Count());
        Assert.Equal(contents.Length, contents.Select(content => content.Fingerprint()).Distinct().Count());
    }

    // Fingerprints are stored with settled turns: one that changed would refuse the retry of a turn that was accepted before.
    [Fact]
    public void The_fingerprint_of_a_text_is_what_it_always_was() =>
        Assert.Equal(new UInt128(0x4862824FB06C6510, 0x250C7AB1CB19254C), Plain.Fingerprint());

    private static TurnContent With(Message first) => Plain with { Messages = [first, Plain.Messages[1]] };

    [Fact]
    public void An_array_that_was_never_set_is_the_same_as_an_empty_one()
    {
        var empty = new TurnContent("m", [], GenerationSettings.Default);
        var unset = new TurnContent("m", default, GenerationSettings.Default with { Stop = default });

        Assert.Equal(empty, unset);
        Assert.Equal(empty.GetHashCode(), unset.GetHashCode());
        Assert.Equal(empty.Fingerprint(), unset.Fingerprint());
        Assert.Equal(empty.ByteCount(), unset.ByteCount());
    }

    // A stored fingerprint outlives the version that made it: a change would refuse every repeat across an upgrade.
    [Fact]
    public void The_fingerprint_never_changes() =>
        Assert.Equal("a2dabcb5c65f45fa9645d9b1ba589359", Content("Hello").Fingerprint().ToString("x32", null));
}
