using System.Text;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.Settings;

/// <summary>A file that somebody wrote by hand, and made a mistake in.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SettingsFileTests : IDisposable
{
    private readonly TestFiles _files = new();

    public void Dispose() => _files.Dispose();

    [TestCase("{ \"Port\": }", "line 1, column 11: a value should be here")]
    [TestCase("{\n  \"Port\": 9000\n  \"Path\": \"/ws\"\n}", "line 3, column 3: a comma should be between two values")]
    [TestCase("{\n  Port: 9000\n}", "line 2, column 3: a name in double quotes")]
    [TestCase("{ 'Port': 9000 }", "line 1, column 3: a name in double quotes")]
    [TestCase("{ \"Port\" 9000 }", "line 1, column 10: a : should be")]
    [TestCase("{ \"Dev\": yes }", "line 1, column 10: a value should be here")]
    [TestCase("{ \"Dev\": True }", "line 1, column 10: a value should be here")]
    [TestCase("{ \"Port\": 9000", "line 1, column 15: this is not a whole number, or the } after it is missing")]
    [TestCase("{\n \"Path\": \"/ws }\n", "line 2, column *: a text must not go over the end of its line")]
    [TestCase("{ \"Path\": \"/ws", "line 1, column *: the file ends in the middle of a text")]
    [TestCase("{ \"Database\": \"C:\\rooms\\keys.db\" }", "line 1, column *: a \\ in a text has a meaning")]
    [TestCase("{ \"JwtIssuer\": \"für € 🦊\" \"Port\": 1 }", "line 1, column 27: a comma")]
    [TestCase("{ \"Port\": 1, \"port\": 2 }", "line 1, column 14: port is there a second time")]
    [TestCase("{ \"Limits\": {\n\"Rooms\": 1,\n \"rooms\": 2 } }", "line 3, column 2: Limits:rooms is there a second time")]
    [TestCase("[]", "line 1, column 1: the settings must be in one object")]
    [TestCase("// nothing yet", "line 1, column *: the settings must be in one object")]
    [TestCase("{} {}", "line 1, column 4: there is something after the }")]
    [TestCase("{ \"JwtIssuer\": \"\\ud800\" }", "line 1, column 16: this text holds half a character")]
    public void A_fault_is_told_in_plain_words_with_its_place(string json, string problem) =>
        ProblemOf(Encoding.UTF8.GetBytes(json)).Should().Match($"The file of --config, *.json, is not valid at {problem}*")
            .And.NotContain("LineNumber").And.NotContain("Path:");

    [TestCase("")]
    [TestCase(" \n\t\n")]
    [TestCase("\uFEFF")]
    public void An_empty_file_is_named_as_empty(string json) =>
        ProblemOf(Encoding.UTF8.GetBytes(json)).Should().Match("The file of --config, *.json, is empty; *");

    [Test]
    public void A_file_that_is_not_utf_8_is_named_as_that() =>
        ProblemOf([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")]).Should().EndWith("is not text in UTF-8; save it as UTF-8");

    [Test]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_no_faults()
    {
        var problems = new List<string>();
        var leaves = Read(Encoding.UTF8.GetBytes("\uFEFF{ // ours\n \"Port\": 9000, /* or */ \"AllowedOrigins\": [\"a\", \"b\",], \"Limits\": {}, \"TrustedProxies\": [], \"Dev\": true, \"Host\": null, }"), problems);

        problems.Should().BeEmpty();
        leaves.Should().Equal(
            ("Port", "9000"), ("AllowedOrigins:0", "a"), ("AllowedOrigins:1", "b"), ("Limits", null), ("TrustedProxies", ""), ("Dev", "true"), ("Host", null));
    }

    [Test]
    public async Task The_server_says_so_in_one_line()
    {
        using var server = ServerProcess.Start("--config", _files.Write("empty.json", ""), "--dev", "--port", "0", "--database", Path.Combine(_files.Folder, "rooms.db"));
        var (exitCode, error) = await server.EndAsync();

        exitCode.Should().Be(2);
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().ContainSingle().Which.Should().Contain("empty.json, is empty");
    }

    private string ProblemOf(byte[] json)
    {
        var problems = new List<string>();
        Read(json, problems).Should().BeEmpty();
        return problems.Should().ContainSingle().Subject;
    }

    private IReadOnlyList<(string Name, string? Text)> Read(byte[] json, List<string> problems)
    {
        var path = Path.Combine(_files.Folder, "roomws.json");
        File.WriteAllBytes(path, json);
        return SettingsFile.Read(path, problems);
    }
}
