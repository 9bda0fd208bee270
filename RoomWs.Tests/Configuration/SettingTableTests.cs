using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Configuration;

namespace RoomWs.Tests.Configuration;

internal sealed class SettingTableTests
{
    [TestCase("Port", "--port", "ROOMWS_Port")]
    [TestCase("JwtSecret", "--jwt-secret", "ROOMWS_JwtSecret")]
    [TestCase("TlsCertificateFile", "--tls-certificate-file", "ROOMWS_TlsCertificateFile")]
    [TestCase("Limits:MembersPerRoom", "--limits-members-per-room", "ROOMWS_Limits__MembersPerRoom")]
    public void Each_setting_has_one_name_per_source(string name, string flag, string variable)
    {
        var setting = SettingTable.Get(name);

        setting.Flag.Should().Be(flag);
        setting.Variable.Should().Be(variable);
    }

    [Test]
    public void Every_property_of_the_options_is_a_setting()
    {
        var properties = typeof(RoomWsOptions).GetProperties().Length - 1 + typeof(LimitOptions).GetProperties().Length;

        SettingTable.All.Should().HaveCount(properties).And.OnlyHaveUniqueItems(setting => setting.Flag);
    }

    [Test]
    public void Help_tells_the_default()
    {
        SettingTable.Get("Limits:MembersPerRoom").Help.Should().Be("Members of one room. [default: 10000]");
        SettingTable.Get("AllowedOrigins").Help.Should().EndWith("[default: (any)]");
    }

    [Test]
    public void A_secret_never_shows()
    {
        var options = new RoomWsOptions { JwtSecret = "hunter2" };

        SettingTable.Get("JwtSecret").Show(options).Should().Be("(set)");
        SettingTable.Get("JwtSecret").TrySet(options, ["hunter2", "hunter3"]).Should().NotContain("hunter");
    }
}
