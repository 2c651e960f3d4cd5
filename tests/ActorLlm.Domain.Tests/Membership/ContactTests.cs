using ActorLlm.Domain.Membership;

namespace ActorLlm.Domain.Tests.Membership;

public class ContactTests
{
    [Theory]
    [InlineData("node1:4053", "node1", 4053)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("[::1]:65535", "[::1]", 65535)]
    public void A_contact_is_read_and_written_as_nodes_write_their_addresses(string text, string host, int port)
    {
        var contact = Contact.Read(text);

        Assert.Equal(new Contact(host, port), contact);
        Assert.Equal(text, contact.ToString());
    }

    [Theory]
    [InlineData("nodes", "nodes:4053")]
    [InlineData("[::1]", "[::1]:4053")]
    [InlineData("nodes:1", "nodes:1")]
    public void A_port_may_be_left_out_where_there_is_one_for_it(string text, string read) =>
        Assert.Equal(read, Contact.Read(text, 4053).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("node1")]
    [InlineData(":4053")]
    [InlineData("node1:")]
    [InlineData("node1:0")]
    [InlineData("node1:65536")]
    [InlineData("node1:-1")]
    [InlineData("node1:http")]
    [InlineData("::1:4053")]
    [InlineData("[::1]")]
    [InlineData("[::1:4053")]
    [InlineData("akka://me@node1:4053")]
    [InlineData("node 1:4053")]
    public void What_is_no_contact_is_not_read(string text) => Assert.Null(Contact.Read(text));
}
