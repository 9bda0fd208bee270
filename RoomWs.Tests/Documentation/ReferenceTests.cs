using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;

namespace RoomWs.Tests.Documentation;

/// <summary>The tables of docs/settings.md and protocol.md name all that there is.</summary>
internal sealed class ReferenceTests
{
    private static readonly string[][] SettingRows = [.. Markdown.Rows(Repository.Read("docs/settings.md"))];
    private static readonly string[][] ProtocolRows = [.. Markdown.Rows(ProtocolDocument.Text)];

    private static IEnumerable<string> SettingNames => SettingTable.All.Select(setting => setting.Name);

    private static IEnumerable<string> ErrorCodes => Enum.GetValues<ErrorCode>().Select(Markdown.WireName);

    private static IEnumerable<string> ClientLimitNames => typeof(ClientLimits).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(limit => JsonNamingPolicy.CamelCase.ConvertName(limit.Name));

    [TestCaseSource(nameof(SettingNames))]
    public void Each_setting_is_in_the_table_with_its_default(string name)
    {
        var setting = SettingTable.Get(name);
        var row = SettingRows.Should().ContainSingle(cells => cells[0] == $"`{setting.Flag}`").Subject;

        row[1].Should().Be($"`{name}`");
        row[2].Replace(",", "", StringComparison.Ordinal).Should().StartWithEquivalentOf(setting.Default.Trim('(', ')'));
    }

    [TestCaseSource(nameof(ErrorCodes))]
    public void Each_error_code_is_explained(string code) => ProtocolRows.Should().ContainSingle(cells => cells[0] == $"`{code}`");

    [Test]
    public void Each_close_code_is_explained([Values] CloseCode code) =>
        ProtocolRows.Should().ContainSingle(cells => cells[0] == ((int)code).ToString(CultureInfo.InvariantCulture));

    [TestCaseSource(nameof(ClientLimitNames))]
    public void Each_limit_that_clients_are_told_is_explained(string name) =>
        ProtocolRows.Should().Contain(cells => cells[0].StartsWith($"`{name}`", StringComparison.Ordinal));
}
