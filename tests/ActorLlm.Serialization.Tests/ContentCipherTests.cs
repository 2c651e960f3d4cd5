using System.Runtime.Serialization;
using System.Security.Cryptography;
using System.Text;
using ActorLlm.Serialization.AtRest;

namespace ActorLlm.Serialization.Tests;

public class ContentCipherTests
{
    private static readonly byte[] Plain = Encoding.UTF8.GetBytes("My name is Ada.");

    private static readonly byte[] Old = RandomNumberGenerator.GetBytes(ContentCipher.KeyBytes);
    private static readonly byte[] New = RandomNumberGenerator.GetBytes(ContentCipher.KeyBytes);

    [Fact]
    public void What_is_sealed_is_opened_by_its_key_and_shows_nothing()
    {
        var cipher = Cipher("new", ("new", New));

        var bytes = cipher.Seal(Plain, "ta1");

        Assert.Equal(Plain, cipher.Open(bytes, "ta1"));
        Assert.DoesNotContain("Ada", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        Assert.NotEqual(bytes, cipher.Seal(Plain, "ta1"));
        Assert.Empty(cipher.Open(cipher.Seal([], "ta1"), "ta1"));
    }

    [Fact]
    public void A_key_that_seals_no_more_still_opens()
    {
        var before = Cipher("old", ("old", Old)).Seal(Plain, "ta1");

        Assert.Equal(Plain, Cipher("new", ("new", New), ("old", Old)).Open(before, "ta1"));
        Assert.Equal(Plain, Cipher(null, ("old", Old)).Open(before, "ta1"));
    }

    [Fact]
    public void What_was_stored_before_there_were_keys_is_read_as_it_is()
    {
        Assert.Same(Plain, Cipher("new", ("new", New)).Open(Plain, "ta1"));
        Assert.Same(Plain, ContentCipher.None.Seal(Plain, "ta1"));
        Assert.Empty(Cipher("new", ("new", New)).Open([], "ta1"));
    }

    [Fact]
    public void Each_changed_byte_is_found()
    {
        var cipher = Cipher("new", ("new", New));
        var bytes = cipher.Seal(Plain, "ta1");

        // The first byte says that it is sealed at all.
        for (var i = 1; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.Throws<SerializationException>(() => cipher.Open(changed, "ta1"));
        }

        for (var length = 3; length < bytes.Length; length++) Assert.Throws<SerializationException>(() => cipher.Open(bytes[..length], "ta1"));
        Assert.Throws<SerializationException>(() => cipher.Open(bytes, "rc1"));
    }

    [Fact]
    public void A_key_that_is_missing_is_named_with_what_to_do()
    {
        var bytes = Cipher("old", ("old", Old)).Seal(Plain, "ta1");

        var error = Assert.Throws<SerializationException>(() => Cipher("new", ("new", New)).Open(bytes, "ta1"));

        Assert.Equal("The stored bytes are sealed with the key 'old', which this node does not have: add it to ActorLlm:Encryption:Keys.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a \ud83d\ude00 text")]
    [InlineData("sealed:")]
    [InlineData("sealed:of nothing")]
    [InlineData("sealed:AAAA")]
    public void A_text_is_the_same_after_it_was_sealed_and_opened_and_when_it_was_not_sealed(string text)
    {
        var cipher = Cipher("new", ("new", New));

        Assert.Equal(text, cipher.OpenText(cipher.SealText(text, "talk"), "talk"));
        if (text != "sealed:AAAA") Assert.Equal(text, cipher.OpenText(ContentCipher.None.SealText(text, "talk"), "talk"));
    }

    private static ContentCipher Cipher(string? sealWith, params (string Name, byte[] Key)[] keys) => new(keys.ToDictionary(key => key.Name, key => key.Key), sealWith);
}
