using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Documentation;

/// <summary>protocol.md has the commands that there are, and the contracts declare all that there is on the wire.</summary>
internal sealed partial class CommandTableTests
{
    private const string Update = "UPDATE_DOCS=1 ./run.sh test --filter FullyQualifiedName~CommandTableTests";

    [Test]
    public void The_table_of_commands_is_the_one_that_the_code_makes()
    {
        var page = CommandTableText.PutInto(ProtocolDocument.Text);

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") Repository.Write("protocol.md", page);
        else ProtocolDocument.Text.Should().Be(page, "the code has changed; write the table anew by: {0}", Update);
    }

    [Test]
    public void Each_command_has_a_contract_and_each_contract_a_command() =>
        ServerCommands.All.Select(command => command.Type).Should().BeEquivalentTo(Contract.All.Select(contract => contract.Type));

    [Test]
    public void Each_type_of_message_is_that_of_a_request_or_of_a_message_of_the_server()
    {
        string[] sent = [.. Contract.Messages.Values.Select(message => message.Type)];

        sent.Should().OnlyHaveUniqueItems();
        sent.Union(Contract.All.Select(contract => contract.Type)).Should().BeEquivalentTo(Contract.MessageTypeNames);
    }

    [Test]
    public void What_comes_unasked_is_listed_behind_the_table()
    {
        var listed = Markdown.Paragraphs(ProtocolDocument.Text).Should().ContainSingle(paragraph => paragraph.StartsWith("Sent by the server unasked", StringComparison.Ordinal)).Subject;

        Linked().Matches(listed).Select(link => link.Groups["type"].Value)
            .Should().BeEquivalentTo(Contract.Messages.Values.Where(message => message.IsUnasked).Select(message => message.Type));
    }

    [GeneratedRegex(@"\[`(?<type>[A-Z_]+)`\]\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Linked();
}
