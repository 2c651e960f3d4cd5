using ActorLlm.Domain.Images;

namespace ActorLlm.Domain.Tests.Images;

public sealed class ImageRulesTests
{
    public static TheoryData<string, byte[]> Kinds => new()
    {
        { "image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] },
        { "image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0x00] },
        { "image/gif", "GIF89a"u8.ToArray() },
        { "image/gif", "GIF87a and more"u8.ToArray() },
        { "image/webp", "RIFF\u0001\u0002\u0003\u0004WEBPVP8 "u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_image_is_known_by_its_first_bytes_whatever_it_is_called(string type, byte[] file)
    {
        Assert.Equal(type, ImageRules.MediaTypeOf(file));
        Assert.Null(ImageRules.Error($"data:image/x-whatever;base64,{Convert.ToBase64String(file)}"));
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("MZ this is a program")]
    [InlineData("%PDF-1.7")]
    [InlineData("GIF88a")]
    [InlineData("RIFF1234WAVEfmt ")]
    [InlineData("x")]
    public void What_is_no_image_is_refused_whatever_it_is_called(string file)
    {
        var url = $"data:image/png;base64,{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(file))}";

        Assert.Equal("An image's data: URL does not hold an image: expected a file of the kind PNG, JPEG, GIF or WebP, whole and in base64.", ImageRules.Error(url));
    }

    [Theory]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png;base64,iVBORw0KGgo")]
    [InlineData("data:image/png;base64,iVBOR*0KGgo=")]
    [InlineData("data:image/png,iVBORw0KGgo=")]
    [InlineData("data:image/png;base64")]
    [InlineData("data:text/plain;base64,iVBORw0KGgo=")]
    [InlineData("data:,")]
    [InlineData("")]
    [InlineData("images/cat.png")]
    [InlineData("ftp://example.com/cat.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://")]
    public void A_url_that_holds_nothing_readable_and_points_nowhere_is_refused(string url) =>
        Assert.Contains("neither an https: or http: address nor a data: URL with base64", ImageRules.Error(url)!);

    [Fact]
    public void White_space_within_base64_is_passed_over() => Assert.Null(ImageRules.Error("data:image/png;base64,iVBO\r\nRw0K\r\nGgo="));

    [Theory]
    [InlineData("https://example.com/cat.png")]
    [InlineData("http://93.184.216.34/cat.png")]
    [InlineData("https://[2606:2800:220:1:248:1893:25c8:1946]/cat.png")]
    public void An_address_of_the_public_internet_is_taken(string url) => Assert.Null(ImageRules.Error(url));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://10.0.0.7:8080/a.png")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST./")]
    [InlineData("http://db.localhost:5432/")]
    [InlineData("http://127.0.0.1./")]
    public void An_address_that_is_not_is_refused_however_it_is_written(string url)
    {
        var error = ImageRules.Error(url);

        Assert.NotNull(error);
        Assert.True(error.Contains("not an address of the public internet", StringComparison.Ordinal) || error.Contains("neither an https:", StringComparison.Ordinal), error);
    }

    [Fact]
    public void A_password_in_an_address_is_refused_without_being_shown()
    {
        var error = ImageRules.Error("https://me:secret@example.com/cat.png")!;

        Assert.Contains("without them", error);
        Assert.DoesNotContain("secret", error);
    }
}
