using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Hosting.CommandLine;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RoomWsCommandLineTests
{
    private readonly CommandLineRun _program = new();

    [Test]
    public async Task Serve_is_meant_when_no_command_is_named()
    {
        foreach (string[] args in new string[][] { [], ["serve"], ["--port", "0"] })
        {
            var (exitCode, output, error) = await _program.RunAsync(args);

            exitCode.Should().Be(2);
            output.Should().BeEmpty();
            error.Should().StartWith("There is no key");
        }
    }

    [Test]
    public async Task Every_setting_is_a_flag_of_serve_and_of_check_config()
    {
        foreach (var command in new[] { "serve", "check-config" })
        {
            var (exitCode, output, _) = await _program.RunAsync(command, "--help");

            exitCode.Should().Be(0);
            output.Should().Contain("./run.sh " + command).And.Contain("--config").And.Contain("Example").And.ContainAll(SettingTable.All.Select(setting => setting.Flag));
        }
    }

    [TestCase("")]
    [TestCase("serve")]
    [TestCase("token")]
    [TestCase("check-config")]
    [TestCase("health")]
    [TestCase("backup")]
    public async Task No_help_names_a_program_that_there_is_not(string command)
    {
        var (exitCode, output, _) = await _program.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        exitCode.Should().Be(0);
        output.Should().Contain("./run.sh").And.NotMatchRegex(@"(^|\s)roomws(\s|$)");
    }

    [TestCase("sevre", "Unknown command sevre; did you mean serve?\n./run.sh --help*")]
    [TestCase("serve --jwt-secrt hunter2", "Unknown flag --jwt-secrt; did you mean --jwt-secret?\n./run.sh serve --help*")]
    [TestCase("serve --jwt-secrt=hunter2", "Unknown flag --jwt-secrt; did you mean --jwt-secret?\n*")]
    [TestCase("serve --jwt-secret hunter1 hunter2", "There is an argument that belongs to no flag*")]
    [TestCase("check-config --port", "Required argument missing for option: '--port'.\n*")]
    public async Task Wrong_usage_is_told_without_repeating_what_may_be_a_secret(string line, string problem)
    {
        var (exitCode, output, error) = await _program.RunAsync(line.Split(' '));

        exitCode.Should().Be(2);
        output.Should().BeEmpty();
        error.ReplaceLineEndings("\n").Should().Match(problem).And.NotContain("hunter");
    }

    [Test]
    public async Task Check_config_prints_each_setting_with_its_source_and_no_secret()
    {
        using var files = new TestFiles();
        var config = files.Write("roomws.json", """{ "Path": "/rooms" }""");
        _program.Variables["ROOMWS_JwtSecret"] = TestKeys.Secret;

        var (exitCode, output, error) = await _program.RunAsync("check-config", "--config", config, "--allowed-origins", "https://a.example", "--allowed-origins", "https://b.example");

        exitCode.Should().Be(0);
        error.Should().BeEmpty();
        output.Split(Environment.NewLine).Should().Contain(
            "Dev = false (from default)",
            "Path = /rooms (from file)",
            "JwtSecret = (set) (from environment)",
            "AllowedOrigins = https://a.example,https://b.example (from flag)",
            "Limits:MembersPerRoom = 10000 (from default)")
            .And.HaveCount(SettingTable.All.Count + 1);
        output.Should().NotContain(TestKeys.Secret);
    }

    [Test]
    public async Task Check_config_prints_every_problem_and_exits_with_2()
    {
        var (exitCode, output, error) = await _program.RunAsync("check-config", "--dev", "--port", "x", "--path", "y");

        exitCode.Should().Be(2);
        output.Should().BeEmpty();
        error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2);
    }

    [TestCase("serve")]
    [TestCase("check-config")]
    [TestCase("token --user alice")]
    [TestCase("health")]
    [TestCase("backup copy.db")]
    [TestCase("restore copy.db")]
    [TestCase("compact")]
    [TestCase("check-database")]
    public async Task A_config_that_cannot_be_read_is_the_only_problem(string command)
    {
        foreach (var (config, problem) in new[] { ("missing.json", "The file of --config cannot be read: *missing.json*"), ("", "The path of --config is empty; *") })
        {
            var (exitCode, output, error) = await _program.RunAsync([.. command.Split(' '), "--config", config]);

            (exitCode, output).Should().Be((2, ""));
            error.Trim().Should().NotContain("\n").And.Match(problem);
        }
    }

    [Test]
    public async Task A_path_that_names_no_file_is_told_in_one_line([Values("backup", "restore", "compact", "check-database")] string command, [Values("empty", "folder", "slash", "nul", "long")] string kind)
    {
        using var files = new TestFiles();
        var database = files.Write("rooms.db", "");
        var path = kind switch { "empty" => "", "folder" => files.Folder, "slash" => Path.Combine(files.Folder, "new/"), "nul" => "a\0b", _ => Path.Combine(files.Folder, new string('x', 5_000)) };
        string[] line = command switch
        {
            "backup" => [command, path, "--database", database],
            "restore" => [command, path, "--database", Path.Combine(files.Folder, "new.db")],
            _ => [command, "--database", path],
        };

        var (exitCode, output, error) = await _program.RunAsync(line);

        output.Should().BeEmpty();
        exitCode.Should().BeOneOf(1, 2);
        error.Trim().Should().NotBeEmpty().And.NotContain("\n").And.NotContain("..");
        Directory.GetFileSystemEntries(files.Folder).Should().Equal(database);
    }

    [TestCase("--dev", "true")]
    [TestCase("--dev=true", "true")]
    [TestCase("--dev=false", "false")]
    public async Task A_switch_needs_no_value_and_takes_one(string flag, string value)
    {
        _program.Variables["ROOMWS_JwtSecret"] = TestKeys.Secret;

        var (_, output, _) = await _program.RunAsync("check-config", flag);

        output.Should().StartWith($"Dev = {value} (from flag)");
    }
}
