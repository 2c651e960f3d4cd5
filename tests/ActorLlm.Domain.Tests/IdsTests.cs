using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ActorLlm.Domain.Tests;

public class IdsTests
{
    private static readonly Gen<char> Visible = Gen.Choose('!', '~').Select(code => (char)code);

    [Property(MaxTest = 500)]
    public Property Any_visible_ASCII_is_a_turn_id_and_prints_as_it_was_written() =>
        Prop.ForAll(Text(Visible, Limits.MaxIdLength), text => TurnId.Parse(text).ToString() == text);

    [Property(MaxTest = 500)]
    public Property A_conversation_id_prints_as_it_was_written_and_keeps_its_parts() =>
        Prop.ForAll(
            Text(Visible.Where(c => c != '/'), Limits.MaxTenantLength),
            Text(Visible, Limits.MaxIdLength),
            (tenant, name) =>
            {
                var id = ConversationId.Of(tenant, name);
                return (id.Tenant, id.Name) == (tenant, name) && ConversationId.Parse(id.ToString()) == id;
            });

    [Property(MaxTest = 500)]
    public Property A_character_outside_visible_ASCII_is_refused_and_named() =>
        Prop.ForAll(
            Text(Visible, 20),
            Gen.Choose(0, 0xFFFF).Select(code => (char)code).Where(c => c is < '!' or > '~').ToArbitrary(),
            (text, bad) =>
                !TurnId.TryParse(text + bad, out _, out var error)
                && error.Contains($"U+{(int)bad:X4} at position {text.Length}", StringComparison.Ordinal)
                && !ConversationId.TryParse($"tenant/{text}{bad}", out _, out _)
                && !ConversationId.TryParse($"{text.Replace('/', '-')}{bad}/name", out _, out _));

    [Fact]
    public void Lengths_up_to_the_bound_are_allowed_and_one_more_is_refused()
    {
        Assert.True(TurnId.TryParse(Some.Text(Limits.MaxIdLength), out _, out _));
        Assert.False(TurnId.TryParse(Some.Text(Limits.MaxIdLength + 1), out _, out var error));
        Assert.Contains("129 characters; at most 128", error, StringComparison.Ordinal);

        Assert.True(ConversationId.TryParse($"{Some.Text(64)}/{Some.Text(128)}", out _, out _));
        Assert.False(ConversationId.TryParse($"{Some.Text(65)}/{Some.Text(128)}", out _, out _));
        Assert.False(ConversationId.TryParse($"{Some.Text(64)}/{Some.Text(129)}", out _, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no-slash")]
    [InlineData("/name")]
    [InlineData("tenant/")]
    [InlineData("/")]
    public void A_conversation_id_without_both_parts_is_refused(string? text)
    {
        Assert.False(ConversationId.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void An_empty_turn_id_is_refused(string? text)
    {
        Assert.False(TurnId.TryParse(text, out _, out var error));
        Assert.Contains("turn id is empty", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_throws_with_the_same_words()
    {
        Assert.Contains("U+0020", Assert.Throws<FormatException>(() => TurnId.Parse("a b")).Message, StringComparison.Ordinal);
        Assert.Contains("tenant/name", Assert.Throws<FormatException>(() => ConversationId.Parse("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_hold_slashes_and_the_tenant_ends_at_the_first()
    {
        var id = ConversationId.Parse("acme/team/7");

        Assert.Equal(("acme", "team/7"), (id.Tenant, id.Name));
    }

    [Fact]
    public void A_tenant_with_a_slash_is_refused_and_not_cut_to_another_tenant() =>
        Assert.Contains("slash", Assert.Throws<FormatException>(() => ConversationId.Of("acme/x", "y")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_conversation_of_no_named_tenant_is_in_the_default_one() =>
        Assert.Equal("default/c1", ConversationId.Of("c1").Value);

    private static Arbitrary<string> Text(Gen<char> character, int longest) =>
        Gen.Choose(1, longest)
            .SelectMany(length => character.ArrayOf(length))
            .Select(characters => new string(characters))
            .ToArbitrary();
}
